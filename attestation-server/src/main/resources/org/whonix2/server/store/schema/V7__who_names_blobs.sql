-- Whose an entry is that names blobs, and which of what series: once for an entry, not with each blob.
create table blob_entry (
  leaf_index bigint primary key check (leaf_index >= 0),
  signer varchar(64) not null,
  -- seconds since 1970
  named_at bigint not null,
  -- a digest of whose snapshots or whose rebuild, and the snapshot's or rebuilder's own number
  series bytea check (octet_length(series) = 32),
  epoch bigint
);
insert into blob_entry select distinct leaf_index, signer, named_at, series, epoch from blob_name;
create index blob_entry_series on blob_entry (series, epoch);

drop index blob_name_series;
alter table blob_name drop column signer;
alter table blob_name drop column named_at;
alter table blob_name drop column series;
alter table blob_name drop column epoch;
