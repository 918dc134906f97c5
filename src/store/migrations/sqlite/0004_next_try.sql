-- When a feed that failed is tried again.
ALTER TABLE feeds ADD COLUMN next_try INTEGER;
