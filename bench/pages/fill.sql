-- A county at work: 100,000 households, and beside one real run 30,000 instances with 300,000 steps of history.
-- :first is the first of the new keys, far above those in use.

CREATE TABLE copies AS
SELECT household.*, copy, row_number() OVER (ORDER BY copy, household.key) AS number
FROM households AS household, generate_series(1, 9) AS copy WHERE unit_id <> :village
ORDER BY copy, household.key LIMIT :households - (SELECT count(*) FROM households);
CREATE TABLE relatives AS
SELECT member.*, copies.number, row_number() OVER () AS place
FROM members AS member JOIN copies ON copies.key = member.household_key;
UPDATE copies SET key = :first + number, code = code || '-' || copy;
UPDATE relatives SET key = :first + place, household_key = :first + number,
    cert_no_index = sha256(place::text::bytea);
ALTER TABLE copies DROP copy, DROP number;
ALTER TABLE relatives DROP number, DROP place;
INSERT INTO households SELECT * FROM copies;
INSERT INTO members SELECT * FROM relatives;
DROP TABLE copies, relatives;

INSERT INTO villages (unit_id, households, persons, reported_poor, is_poor_village, figures, updated_at)
SELECT unit_id, count(*), sum(persons), sum(persons) / 4, unit_id % 3 = 0, '{}', now() FROM households GROUP BY unit_id;

CREATE TABLE places AS
SELECT :first + number AS key, :first + number - number % :family AS root, village.id AS unit_id,
    village.parent_id AS township, number
FROM generate_series(0, :instances - 1) AS number
JOIN (SELECT *, row_number() OVER (ORDER BY code) - 1 AS place FROM units WHERE path LIKE :below AND kind = 'village')
    AS village ON village.place = number % :villages;
INSERT INTO process_instances (key, process_id, definition_key, deployment_key, root_key, parent_key,
    parent_element_key, unit_id, state, suspended, started, revision, start_date, progress_at, end_events, started_by)
SELECT places.key, process_id, definition_key, deployment_key, places.root, nullif(places.root, places.key),
    null, places.unit_id, 'ACTIVE', number % 500 = 7, true, 0, now() - (number % 1000) * interval '1 hour',
    now() - (number % 240) * interval '1 hour', '{}', CASE WHEN number % 5 = 0 THEN :clerk ELSE 'system' END
FROM places, process_instances AS pattern WHERE pattern.key = :instance;
INSERT INTO element_instances (key, instance_key, scope_key, spec, element_id, type, state, start_date, end_date, token)
SELECT places.key * 100 + step, places.key, places.key, 'Task_Step' || (step % 5 + 1),
    'Task_Step' || (step % 5 + 1), 'USER_TASK',
    CASE WHEN step = :steps - 1 THEN 'ACTIVE' ELSE 'COMPLETED' END, now() - (:steps - step) * interval '1 day',
    CASE WHEN step < :steps - 1 THEN now() - (:steps - 1 - step) * interval '1 day' END,
    CASE WHEN step = :steps - 1 THEN '{}'::jsonb END
FROM places, generate_series(0, :steps - 1) AS step;
INSERT INTO user_tasks (key, instance_key, root_key, definition_key, deployment_key, process_id, element_id, name,
    title, state, candidates, candidate_groups, candidate_users, unit_id, form_key, due, priority, properties, headers,
    created_at, completed_at, completed_by, copied_to)
SELECT places.key * 100 + step, places.key, places.root, definition_key, deployment_key, process_id,
    'Task_Step' || (step % 5 + 1), '办理第' || (step % 5 + 1) || '步',
    '办理第' || (step % 5 + 1) || '步 ' || unit.name,
    CASE WHEN step = :steps - 1 THEN 'CREATED' ELSE 'COMPLETED' END,
    ARRAY['township_clerk@' || places.township], candidate_groups, candidate_users, places.township, form_key,
    now() + (number % 1000 - 50) * interval '1 hour', priority, properties, headers,
    now() - (:steps - step) * interval '1 day',
    CASE WHEN step < :steps - 1 THEN now() - (:steps - 1 - step) * interval '1 day' END,
    CASE WHEN step < :steps - 1 THEN 'township_clerk.' || lower(unit.code) END,
    CASE WHEN number % 50 = 0 THEN ARRAY[:clerk] ELSE '{}' END
FROM places JOIN units AS unit ON unit.id = places.township, generate_series(:steps - 3, :steps - 1) AS step,
    (SELECT * FROM user_tasks WHERE instance_key = :instance ORDER BY key LIMIT 1) AS pattern;
INSERT INTO audit_logs (key, at, by, operation, entity_type, entity_key, instance_key)
SELECT places.key * 100 + step, now() - (:steps - step) * interval '1 day', 'township_clerk.' || lower(unit.code), 'COMPLETE',
    'USER_TASK', places.key * 100 + step, places.key
FROM places JOIN units AS unit ON unit.id = places.township, generate_series(:steps - 3, :steps - 2) AS step;
INSERT INTO variables (scope_key, name, key, instance_key, value, inherited)
SELECT places.key, name, :first + (places.number * 100 + row_number() OVER (PARTITION BY places.key)), places.key,
    value, false
FROM places, (SELECT name, value FROM variables WHERE instance_key = :instance) AS pattern;
DROP TABLE places;

UPDATE runs SET unit_id = (SELECT id FROM units WHERE code = :county) WHERE key = :run;
INSERT INTO cases (key, run_key, instance_key, unit_id, kind, household_key, state, flow, persons, facts, answers,
    results, flags, answered, entered, opened_at, changed_at)
SELECT :first + row_number() OVER (), run_key, instance_key, household.unit_id, 'household', household.key,
    CASE WHEN household.key % 3 = 0 THEN '拟纳入' ELSE '已纳入' END, '新增', household.persons, pattern.facts, answers,
    results, flags, answered, entered, opened_at, changed_at
FROM households AS household, (SELECT * FROM cases WHERE run_key = :run LIMIT 1) AS pattern
WHERE household.unit_id <> :village AND NOT EXISTS (SELECT FROM cases WHERE run_key = :run AND household_key = household.key);
INSERT INTO scales (run_key, unit_id, quota, base_households, base_persons, exit_target, frozen_at, statistics)
SELECT :run, id, 500, 200, 700, 100, now(), '{}' FROM units WHERE path LIKE :below AND kind IN ('township', 'village')
ON CONFLICT DO NOTHING;

INSERT INTO archive_entries (key, run_key, unit_id, kind, title, source, present, filed_at)
SELECT :first + row_number() OVER (), :run, id, 'minutes', '会议记录 ' || paper, '', paper % 7 > 0, now()
FROM units, generate_series(1, 20) AS paper WHERE path LIKE :below AND kind IN ('township', 'village');
INSERT INTO notices (key, no, doc_no, run_key, instance_key, unit_id, mode, round, subject, title, issuer, basis,
    contact, columns, rows, case_keys, households, persons, days, lost_days, late, drafted_at, issued_at, sealed_on,
    starts_at, ends_at)
SELECT :first + row_number() OVER (), unit.code || '-' || round, '', :run, :instance, unit.id, '公示',
    round::text, 'household', unit.name || '贫困户名单公示', unit.name || '村民委员会', '', '',
    '["no", "head_name", "persons"]',
    (SELECT jsonb_agg(jsonb_build_object('no', no, 'head_name', '韦建国', 'persons', 4)) FROM generate_series(1, 100) no),
    '[]', 100, 400, 7, 0, false, now() - interval '3 days', now() - interval '2 days', current_date,
    now() - interval '2 days', now() + interval '5 days'
FROM units AS unit, generate_series(1, 2) AS round WHERE unit.path LIKE :below AND unit.kind = 'village';
INSERT INTO notifications (key, username, kind, subject, arguments, text, items, at)
SELECT :first + number, CASE WHEN number % 10 = 0 THEN :clerk ELSE 'township_clerk.t0' || number % 9 + 1 END, 'assigned',
    '办理第1步', '{}', '办理第1步', '[]', now() - number * interval '1 minute'
FROM generate_series(1, 30000) AS number;
