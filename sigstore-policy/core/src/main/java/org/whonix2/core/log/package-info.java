/**
 * The Merkle log: its tree, its signed tree heads, and the one algorithm with which boxes, nodes,
 * mirrors and monitors follow it. Who proves and who checks share this package.
 *
 * <p>Formats, as C2SP specifies them: signed-note 1.0.0, tlog-checkpoint 1.0.0, tlog-cosignature
 * 1.0.1 (Ed25519, type 0x04), tlog-witness 1.0.0, tlog-tiles 0.1.0, tlog-proof (draft); hashing is
 * RFC 6962's. A log's state is a checkpoint, a note signed by the log and cosigned by witnesses:
 *
 * <pre>
 * example.com/behind-the-sofa
 * 20852163
 * CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 * — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Z...
 * — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJ...
 * </pre>
 *
 * Entries are fetched in bundles of 256, hashes in tiles of 256 ({@link
 * org.whonix2.core.log.TilePath}).
 */
@NullMarked
package org.whonix2.core.log;

import org.jspecify.annotations.NullMarked;
