-- Who may submit, and what each signer has said under which number; derived from the entries.

create table roster_change (
  serial bigint primary key check (serial >= 1),
  leaf_index bigint not null
);

create table roster_member (
  fingerprint varchar(64) primary key,
  name varchar(64) not null unique,
  -- the entry that has the certificate
  admitted bigint not null
);

-- Also of those who were dismissed: whoever comes back brings his revocations with him.
create table certificate_update (
  leaf_index bigint primary key,
  fingerprint varchar(64) not null
);
create index certificate_update_of on certificate_update (fingerprint);

create table numbered (
  -- SHA-256 over the signer and what it is that he numbers
  series bytea not null check (octet_length(series) = 32),
  place bigint not null,
  leaf_index bigint not null,
  primary key (series, place)
);

-- Keys that said two things under one number, with the first two entries that show it.
create table set_aside (
  fingerprint varchar(64) primary key,
  what varchar(32) not null,
  place bigint not null,
  first_index bigint not null,
  second_index bigint not null
);

-- How far into the log something changed that decides who may submit: 0, or an entry's number and 1.
create table roster_version (
  only_row smallint primary key check (only_row = 1),
  version bigint not null
);
