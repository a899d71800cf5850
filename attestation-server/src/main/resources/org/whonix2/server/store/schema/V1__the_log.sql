-- One schema for every database: only types and functions that H2 and PostgreSQL share.
-- Everything but the table entry can be rebuilt from the table entry.

create table entry (
  leaf_index bigint primary key check (leaf_index >= 0),
  leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
  -- what is logged once: of an envelope, the digest of signer and signed payload
  identity bytea not null unique check (octet_length(identity) = 32),
  content bytea not null check (octet_length(content) between 1 and 65535)
);

-- A tile of C2SP tlog-tiles that grows in place: every partial tile is a prefix of what stands here.
create table tile (
  tile_level smallint not null check (tile_level between 0 and 63),
  tile_number bigint not null check (tile_number >= 0),
  hashes bytea not null
    check (octet_length(hashes) between 32 and 8192 and mod(octet_length(hashes), 32) = 0),
  primary key (tile_level, tile_number)
);

-- The one row that is changed by compare-and-set; a checkpoint is signed only over what it held.
create table tree_head (
  only_row smallint primary key check (only_row = 1),
  tree_size bigint not null check (tree_size >= 0),
  root bytea not null check (octet_length(root) = 32)
);

-- The published checkpoint with its signatures, which never goes back to a smaller tree.
create table checkpoint (
  only_row smallint primary key check (only_row = 1),
  tree_size bigint not null check (tree_size >= 0),
  note bytea not null
);
