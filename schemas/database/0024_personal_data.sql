-- 0024: personal data: what was taken out as a file, how much is read, and what was erased (Law 91/2025/QH15, Decree 356/2025/NĐ-CP; trust §4.3 case 33).

-- ---------------------------------------------------------------------------------------------------------------------
-- Exports: the intent stands before a byte leaves, what was written (its digest) stands after it. Both name the person, the hour and the purpose, as the file itself does.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE data_export (
    province_code smallint NOT NULL,
    export_no     int NOT NULL CHECK (export_no > 0),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    command       text NOT NULL CHECK (command <> ''),
    purpose       text NOT NULL CHECK (length(trim(purpose)) >= 8),
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, export_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- A file that has left. An export without one was begun and came to nothing, or its bytes left with a crash: both are seen.
CREATE TABLE data_export_file (
    province_code smallint NOT NULL,
    export_no     int NOT NULL,
    file_no       int NOT NULL CHECK (file_no > 0),
    file_name     text NOT NULL CHECK (file_name <> ''),
    rows          bigint NOT NULL CHECK (rows >= 0),
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, export_no, file_no),
    FOREIGN KEY (province_code, export_no) REFERENCES data_export,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
CREATE INDEX data_export_file_sha256 ON data_export_file (province_code, sha256);

-- ---------------------------------------------------------------------------------------------------------------------
-- How many people one person may look at in a day before somebody is told, and before reading stops.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE read_limit (
    province_code smallint NOT NULL REFERENCES tenant,
    version       int NOT NULL CHECK (version > 0),
    alert_people  int NOT NULL CHECK (alert_people > 0),
    stop_people   int NOT NULL,
    person        text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT told_before_stopped CHECK (stop_people > alert_people)
);

CREATE TABLE read_alert (
    province_code smallint NOT NULL REFERENCES tenant,
    reader        text NOT NULL,
    day           date NOT NULL,                  -- in Viet Nam
    level         text NOT NULL CHECK (level IN ('told', 'stopped')),
    people        bigint NOT NULL CHECK (people > 0),  -- read until then
    limit_people  int NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, reader, day, level),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Two let a stopped reader go on, for that day: an administrator and an auditor, neither of them the reader, nor one person twice.
CREATE TABLE read_lift (
    province_code smallint NOT NULL,
    reader        text NOT NULL,
    day           date NOT NULL,
    role          text NOT NULL CHECK (role IN ('administrator', 'auditor')),
    person        text NOT NULL,
    reason        text NOT NULL CHECK (length(trim(reason)) >= 8),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, reader, day, role),
    UNIQUE (province_code, reader, day, person),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT nobody_lifts_their_own CHECK (person <> reader)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Erasure: who a person was is emptied, what was paid stays. Asked by one person, decided by another.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE erasure (
    province_code smallint NOT NULL,
    erasure_no    int NOT NULL CHECK (erasure_no > 0),
    recipient_id  int NOT NULL,
    ground        text NOT NULL CHECK (ground IN ('never_paid', 'retention_over')),
    due_on        date NOT NULL,                  -- from this day on
    reason        text NOT NULL CHECK (length(trim(reason)) >= 8),
    asked_by      text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, erasure_no),
    UNIQUE (province_code, erasure_no, asked_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
CREATE INDEX erasure_recipient ON erasure (province_code, recipient_id);

CREATE TABLE erasure_answer (
    province_code smallint NOT NULL,
    erasure_no    int NOT NULL,
    is_approved   boolean NOT NULL,
    asked_by      text NOT NULL,
    person        text NOT NULL,
    remark        text,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, erasure_no),
    FOREIGN KEY (province_code, erasure_no, asked_by) REFERENCES erasure (province_code, erasure_no, asked_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT erasure_by_two_persons CHECK (NOT is_approved OR person <> asked_by)
);

-- A row that was emptied: its digest before, which the block of its own operation covers, and after. So the chain can be followed over what is no longer there.
CREATE TABLE erased_row (
    province_code smallint NOT NULL,
    operation_no  bigint NOT NULL,                -- of the erasure
    row_no        bigint GENERATED ALWAYS AS IDENTITY,
    erasure_no    int NOT NULL,
    table_name    text NOT NULL,
    of_operation  bigint NOT NULL,                -- that wrote the row
    digest_before bytea NOT NULL CHECK (length(digest_before) = 32),
    digest_after  bytea NOT NULL CHECK (length(digest_after) = 32),
    PRIMARY KEY (province_code, operation_no, row_no),
    FOREIGN KEY (province_code, erasure_no) REFERENCES erasure_answer,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
CREATE INDEX erased_row_of ON erased_row (province_code, table_name, of_operation);

-- The same for a part of a run, whose content hash names accounts and their holders.
CREATE TABLE erased_partition (
    province_code smallint NOT NULL,
    operation_no  bigint NOT NULL,
    erasure_no    int NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    partition_no  int NOT NULL,
    digest_before bytea NOT NULL CHECK (length(digest_before) = 32),
    digest_after  bytea NOT NULL CHECK (length(digest_after) = 32),
    PRIMARY KEY (province_code, month, run_no, partition_no, operation_no),
    FOREIGN KEY (province_code, erasure_no) REFERENCES erasure_answer,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- What of a person is emptied, table by table: which rows are theirs ($1 province, $2 person), and what stands in them afterwards. The key of the person, sums, dates, states, references and
-- codes of the law stay. An account's tag becomes one that is nobody's, made of the row's own key: no two erased accounts look alike, and none can be found by its number.
CREATE FUNCTION erased_columns() RETURNS TABLE (table_name text, of_person text, emptied text) LANGUAGE sql IMMUTABLE AS $$
    VALUES
        ('recipient', 'n.province_code = $1 AND n.recipient_id = $2',
            'full_name = ''đã xóa'', birth_month = 0, birth_day = 0, birth_year = n.birth_year / 10 * 10, id_number_key = NULL, id_number_cipher = NULL, id_number_tag = NULL, id_number_tail = NULL'),
        ('dated_fact', 'n.province_code = $1 AND n.recipient_id = $2', 'hamlet = NULL, address = NULL, phone = NULL, contact = NULL'),
        ('person_identifier', 'n.province_code = $1 AND n.recipient_id = $2',
            'id_number_cipher = '''', id_number_tail = '''', id_number_tag = substr(sha256(convert_to(''erased number '' || n.recipient_id || '' '' || n.identifier_no, ''UTF8'')), 1, 16)'),
        ('payee', 'n.province_code = $1 AND n.recipient_id = $2', 'payee_name = CASE WHEN n.payee_name IS NULL THEN NULL ELSE ''đã xóa'' END'),
        ('channel', 'n.province_code = $1 AND n.payee_no IN (SELECT p.payee_no FROM payee p WHERE p.province_code = $1 AND p.recipient_id = $2)',
            'holder_name = ''đã xóa'', account_cipher = '''', account_tail = '''', account_tag = substr(sha256(convert_to(''erased account '' || n.payee_no || '' '' || n.version, ''UTF8'')), 1, 16)'),
        ('account_change', 'n.province_code = $1 AND n.payee_no IN (SELECT p.payee_no FROM payee p WHERE p.province_code = $1 AND p.recipient_id = $2)',
            'holder_name = ''đã xóa'', expected_name = ''đã xóa'', holder_form = '''', expected_form = '''', account_cipher = '''', account_tail = '''', account_tag = substr(sha256(convert_to(''erased change '' || n.change_no, ''UTF8'')), 1, 16)'),
        ('account_asked', 'n.province_code = $1 AND n.payee_no IN (SELECT p.payee_no FROM payee p WHERE p.province_code = $1 AND p.recipient_id = $2)',
            'holder_name = ''đã xóa'', account_tag = substr(sha256(convert_to(''erased inquiry '' || n.inquiry_no || '' '' || n.row_no, ''UTF8'')), 1, 16)'),
        ('account_answer', 'n.province_code = $1 AND (n.inquiry_no, n.row_no) IN (SELECT q.inquiry_no, q.row_no FROM account_asked q JOIN payee p USING (province_code, payee_no) WHERE p.province_code = $1 AND p.recipient_id = $2)',
            'bank_name = CASE WHEN n.bank_name IS NULL THEN NULL ELSE ''đã xóa'' END, bank_form = CASE WHEN n.bank_form IS NULL THEN NULL ELSE '''' END, holder_form = CASE WHEN n.holder_form IS NULL THEN NULL ELSE '''' END, note = NULL'),
        ('population_answer', 'n.province_code = $1 AND n.recipient_id = $2',
            'full_name = NULL, birth = NULL, id_number_key = NULL, id_number_cipher = NULL, id_number_tag = NULL, id_number_tail = NULL, note = NULL')
$$;

-- Empties the rows of one person. The owner's alone, once two persons have decided; each row leaves its digests. Returns table by table how many rows were changed.
CREATE FUNCTION erase_person(of_province smallint, of_erasure int, of_operation bigint) RETURNS TABLE (table_name text, items bigint)
LANGUAGE plpgsql SET search_path = public SET "TimeZone" = 'UTC' AS $$
DECLARE one record; who int; changed bigint;
BEGIN
    SELECT e.recipient_id INTO who FROM erasure e JOIN erasure_answer a USING (province_code, erasure_no)
     WHERE e.province_code = of_province AND e.erasure_no = of_erasure AND a.is_approved AND a.person <> e.asked_by AND a.operation_no = of_operation;
    IF who IS NULL THEN RAISE EXCEPTION 'erasure % was not decided by two persons', of_erasure USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_by_two_persons'; END IF;
    PERFORM set_config('payengine.erasing', 'yes', true);
    FOR one IN SELECT * FROM erased_columns() LOOP
        EXECUTE format($sql$
            WITH theirs AS (SELECT n.ctid AS place, row_digest(to_jsonb(n)) AS before, %5$s.operation_no AS wrote FROM %1$I n %6$s WHERE %2$s FOR UPDATE OF n),
                 emptied AS (UPDATE %1$I n SET %3$s FROM theirs t WHERE n.ctid = t.place AND n.province_code = $1
                             RETURNING t.wrote, t.before, row_digest(to_jsonb(n)) AS after),
                 kept AS (INSERT INTO erased_row (province_code, operation_no, erasure_no, table_name, of_operation, digest_before, digest_after)
                          SELECT $1, $3, $4, %4$L, e.wrote, e.before, e.after FROM emptied e WHERE e.before <> e.after)
            SELECT count(*) FROM emptied
            $sql$, one.table_name, one.of_person, one.emptied, one.table_name, CASE WHEN parent_of_rows(one.table_name) IS NULL THEN 'n' ELSE 'p' END, coalesce(parent_of_rows(one.table_name), '')) INTO changed USING of_province, who, of_operation, of_erasure;
        table_name := one.table_name;
        items := changed;
        RETURN NEXT;
    END LOOP;
    PERFORM set_config('payengine.erasing', '', true);
END $$;

-- The digest a row is covered by: its own, or what it was before it was erased. A row erased twice leads back step by step.
CREATE FUNCTION covered_digest(of_province smallint, of_table text, by_operation bigint, stands bytea) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE back (digest, depth) AS (
        SELECT stands, 0
        UNION ALL
        SELECT e.digest_before, b.depth + 1 FROM back b
          JOIN erased_row e ON e.province_code = of_province AND e.table_name = of_table AND e.of_operation = by_operation AND e.digest_after = b.digest AND b.depth < 100)
    SELECT digest FROM back ORDER BY depth DESC LIMIT 1
$$;

-- As in 0021, and past what was erased. Tables in which nothing was erased are read as before.
CREATE OR REPLACE FUNCTION rows_by_operation(province smallint, of_table text) RETURNS TABLE (operation_no bigint, items bigint, digests bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET "TimeZone" = 'UTC' AS $$
DECLARE erased boolean := EXISTS (SELECT FROM erased_row e WHERE e.province_code = province AND e.table_name = of_table);
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relname = of_table AND c.relnamespace = 'public'::regnamespace AND t.tgname = 'cover_rows') THEN
        RAISE EXCEPTION '% has no covered rows', of_table USING ERRCODE = 'undefined_table';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        WITH counted AS (SELECT %2$s.operation_no AS no, count(*) AS items FROM %1$I n %3$s WHERE n.province_code = $1 AND %2$s.operation_no IS NOT NULL GROUP BY 1)
        SELECT no, items, NULL::bytea FROM counted WHERE items > 20000
        UNION ALL
        SELECT c.no, count(*), string_agg(%4$s, ''::bytea) FROM %1$I n %3$s JOIN counted c ON c.no = %2$s.operation_no AND c.items <= 20000
         WHERE n.province_code = $1 GROUP BY 1
        $sql$, of_table, CASE WHEN parent_of_rows(of_table) IS NULL THEN 'n' ELSE 'p' END, coalesce(parent_of_rows(of_table), ''),
        CASE WHEN erased THEN format('CASE WHEN EXISTS (SELECT FROM erased_row e WHERE e.province_code = $1 AND e.table_name = %1$L AND e.of_operation = c.no) THEN covered_digest($1, %1$L, c.no, row_digest(to_jsonb(n))) ELSE row_digest(to_jsonb(n)) END', of_table)
             ELSE 'row_digest(to_jsonb(n))' END) USING province;
END $$;

-- Rows of personal data are emptied by the owner inside erase_person and by nobody else; no row is ever deleted.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'UPDATE' AND tg_level = 'ROW' AND current_user = 'payengine_owner' AND current_setting('payengine.erasing', true) = 'yes' THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% is append-only: a correction is a new row', tg_table_name USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['data_export', 'data_export_file', 'read_limit', 'read_alert', 'read_lift', 'erasure', 'erasure_answer', 'erased_row', 'erased_partition'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_run', t);
        EXECUTE format('COMMENT ON TABLE %I IS ''scale: small''', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['data_export', 'data_export_file', 'read_limit', 'read_alert', 'read_lift', 'erasure', 'erasure_answer'] LOOP
        EXECUTE format('GRANT INSERT ON %I TO payengine_run', t);
    END LOOP;
END $$;
-- Whoever reads a run's hash leads it back over what was erased.
GRANT SELECT ON erased_partition TO payengine_desk;
SELECT cover_tables();

REVOKE ALL ON FUNCTION erased_columns(), erase_person(smallint, int, bigint), covered_digest(smallint, text, bigint, bytea) FROM PUBLIC;
