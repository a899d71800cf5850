-- How much of the log each index knows; it grows with the tree, in the same transaction.
create table indexed (
  name varchar(64) primary key,
  tree_size bigint not null check (tree_size >= 0)
);
