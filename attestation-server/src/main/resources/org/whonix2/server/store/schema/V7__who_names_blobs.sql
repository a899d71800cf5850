-- Whose an entry is that names blobs, and which of what series: once for an entry, not with each blob.
-- The index is made anew, so a start that was cut short can be done again.
drop table if exists blob_entry;
drop table if exists blob_name;

-- Derived from the entries, but for the times: made anew, they begin anew, and what is kept is kept
-- longer.
create table blob_entry (
  leaf_index bigint primary key check (leaf_index >= 0),
  signer varchar(64) not null,
  -- seconds since 1970
  named_at bigint not null,
  -- a digest of whose snapshots or whose rebuild, and the snapshot's or the rebuilder's own number
  series bytea check (octet_length(series) = 32),
  epoch bigint
);
create index blob_entry_series on blob_entry (series, epoch);

create table blob_name (
  digest bytea not null check (octet_length(digest) = 32),
  leaf_index bigint not null check (leaf_index >= 0),
  -- an artifact's; null for what is no artifact
  artifact_size bigint,
  primary key (digest, leaf_index)
);
