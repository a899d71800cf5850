-- An artifact's size; null for what is no artifact. Series and epoch are also those of a rebuild: a
-- digest of whose and of what, and the rebuilder's own number. The index is made anew.
alter table blob_name add column artifact_size bigint;

-- Artifacts have a share of a quota. Filled again from the folder when the server starts.
delete from blob;
alter table blob add column artifact boolean not null;
