-- What a state on a server held under its schema 1: one task asked about, renamed and answered, a feed that fails.
-- The schema itself is `migrations/postgres/0001_first.sql`.
INSERT INTO instants VALUES ('born',1795446589047);
INSERT INTO instants VALUES ('feed/tasks',1795446589047);
INSERT INTO instants VALUES ('feed/ada',1795446589047);
INSERT INTO instants VALUES ('account/acme',1795446589047);
INSERT INTO instants VALUES ('engineer/ada',1795446589047);
INSERT INTO instants VALUES ('uncovered/tedb66a52fe',1795446589047);
INSERT INTO instants VALUES ('turn',1795446589266);
INSERT INTO feeds VALUES ('tasks','\x424547494e3a5643414c454e4441520d0a56455253494f4e3a322e300d0a50524f4449443a2d2f2f6578616d706c652f2f454e0d0a424547494e3a564556454e540a5549443a757067726164652d314061636d650a445453544152543a3230323631313237543132303030305a0a4454454e443a3230323631313237543134303030305a0a53554d4d4152593a41434d453a207570677261646520746f2031372e340a454e443a564556454e540a454e443a5643414c454e4441520d0a','3ab497cae2cc55d998132ae33846f4519c91224cf2f5c551d15777f5f89f7d49',NULL,NULL,1795446589257,1795446589141,1795446589257,NULL,NULL);
INSERT INTO feeds VALUES ('ada','\x424547494e3a5643414c454e4441520d0a56455253494f4e3a322e300d0a50524f4449443a2d2f2f6578616d706c652f2f454e0d0a424547494e3a564556454e540a5549443a6c656176652d310a445453544152543b56414c55453d444154453a32303236313132360a4454454e443b56414c55453d444154453a32303236313132390a53554d4d4152593a5661636174696f6e0a454e443a564556454e540a454e443a5643414c454e4441520d0a','40162b2c07f10b8676fa7c1bc00f4ccdeb17ccd1c86f91c86fae01a3eaab0030',NULL,NULL,1795446589141,1795446589040,1795446589257,'no such file',1795446589257);
INSERT INTO sightings VALUES ('tedb66a52fe','task','upgrade-1@acme',NULL,'tasks','{"task":{"identity":{"uid":"upgrade-1@acme","recurrence_id":null},"feed":"tasks","account":"acme","matched_by":"title prefix","window":["2026-11-27T12:00:00Z","2026-11-27T14:00:00Z"],"date_only":false,"title":"ACME: upgrade to 17.4","ticket":null,"description":"","recurs":false,"cancelled":false,"mark":null,"escalate_unmatched":false}}',1795446589047,1795446589148,NULL,NULL);
INSERT INTO revisions VALUES ('tedb66a52fe',0,1795446589148,'{"task":{"identity":{"uid":"upgrade-1@acme","recurrence_id":null},"feed":"tasks","account":"acme","matched_by":"title prefix","window":["2026-11-27T12:00:00Z","2026-11-27T14:00:00Z"],"date_only":false,"title":"ACME: upgrade","ticket":null,"description":"","recurs":false,"cancelled":false,"mark":null,"escalate_unmatched":false}}');
INSERT INTO answers OVERRIDING SYSTEM VALUE VALUES (1,'tedb66a52fe',FALSE,1795446589193,'command line',NULL);
INSERT INTO writers OVERRIDING SYSTEM VALUE VALUES (1,'tedb66a52fe',1795780800000,'ada',1795446589047);
INSERT INTO writers OVERRIDING SYSTEM VALUE VALUES (2,'tedb66a52fe',1795780800000,'ada',1795446589148);
INSERT INTO letters OVERRIDING SYSTEM VALUE VALUES (1,'briefing-request/ada/tedb66a52fe/2026-11-27T12:00:00Z/3-working-days/0','accepted','ada@example.com','ada','Briefing wanted by Thu 26 Nov 00:00: acme, upgrade, Fri 27 Nov 12:00','\x5375626a6563743a204272696566696e672077616e74656420627920546875203236204e6f762030303a30303a2061636d652c20757067726164652c20467269203237204e6f762031323a30300d0a',1795446589047,1795446589047,1795446649059,1795446589047,1,1,'written to `20261123T150949Z-ada@example.com-2a1cd0008c.eml`',FALSE,1795780800000,1795446589059);
INSERT INTO notices VALUES ('briefing-request/ada/tedb66a52fe/2026-11-27T12:00:00Z/3-working-days/0',1,'briefing-request','ada','tedb66a52fe',1795780800000,'3 working days','you own the account; the task is uncovered (away); 3 working days before your last working moment, Thu 26 Nov 00:00 UTC',NULL,1795446589047);
UPDATE schema SET number = 1;
SELECT setval(pg_get_serial_sequence(name, 'id'), 10) FROM unnest(ARRAY['answers', 'writers', 'letters']) AS name;
