-- Which entries name which blob. Derived from the entries, but for the times: made anew, they begin
-- anew, and what is kept is kept longer.
create table blob_name (
  digest bytea not null check (octet_length(digest) = 32),
  leaf_index bigint not null check (leaf_index >= 0),
  signer varchar(64) not null,
  -- seconds since 1970
  named_at bigint not null,
  -- of a snapshot: a digest of whose, of what and where, and which of them
  series bytea check (octet_length(series) = 32),
  epoch bigint,
  primary key (digest, leaf_index)
);

create index blob_name_series on blob_name (series, epoch);

-- What lies in the folder, and whose quota it is charged to. Can be made again from the folder.
create table blob (
  digest bytea primary key check (octet_length(digest) = 32),
  blob_size bigint not null check (blob_size >= 0),
  payer varchar(64) not null
);

create index blob_payer on blob (payer);
