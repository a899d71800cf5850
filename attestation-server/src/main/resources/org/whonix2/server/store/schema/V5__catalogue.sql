-- What entries are found by when somebody asks for them: who asks gets what stands in the entry.

create table rebuild (
  leaf_index bigint primary key,
  rebuilder varchar(64) not null,
  source varchar(200) not null,
  source_version varchar(200) not null,
  architecture varchar(40) not null,
  toolchain varchar(64) not null,
  compiler_root varchar(64) not null,
  outcome varchar(16) not null
);
create index rebuild_of_source on rebuild (source, leaf_index);
create index rebuild_by_rebuilder on rebuild (rebuilder, leaf_index);

create table rebuilt_artifact (
  digest bytea not null check (octet_length(digest) = 32),
  leaf_index bigint not null,
  name varchar(200) not null,
  artifact_version varchar(200) not null,
  primary key (digest, leaf_index)
);
create index artifact_of_name on rebuilt_artifact (name, leaf_index);

-- Each source, and each version of it, with the first entry about it.
create table rebuilt_source (
  source varchar(200) primary key,
  first_index bigint not null
);
create index source_by_index on rebuilt_source (first_index);

create table rebuilt_version (
  source varchar(200) not null,
  source_version varchar(200) not null,
  first_index bigint not null,
  primary key (source, source_version)
);
create index version_by_index on rebuilt_version (source, first_index);

-- Of the headers of a series, one is the newest in the tree of any size: that before which the tree
-- ends no earlier than where another took its place.
create table snapshot (
  leaf_index bigint primary key,
  suite varchar(64) not null,
  series bytea not null check (octet_length(series) = 32),
  epoch bigint not null,
  superseded_at bigint not null
);
create index snapshot_of_suite on snapshot (suite, superseded_at, leaf_index);
create index snapshot_of_series on snapshot (series, superseded_at);
