-- 0021: what the audit chain covers, reads of personal data, signed heads, the fence after a restore, jumps of the clock.

-- ---------------------------------------------------------------------------------------------------------------------
-- Every row that names its operation is covered by the block of that operation. A statement leaves the digests of its rows here;
-- the end of the operation takes them into its block and empties this table again, in the same transaction.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE covered_row (
    province_code smallint NOT NULL,
    operation_no  bigint NOT NULL,
    part_no       bigint GENERATED ALWAYS AS IDENTITY,
    table_name    text NOT NULL,
    items         bigint NOT NULL CHECK (items > 0),
    digests       bytea,                     -- 32 bytes a row, in no order; null: too many rows to be digested one by one
    PRIMARY KEY (province_code, operation_no, part_no)
);

-- One row as it is digested: what it says, without when it stopped being known (the one column of the register that changes) and without cipher texts, which a change of
-- keys seals anew (their tags stay, and say whether it is the same account or number); nulls left out, so that a column added later changes no digest. Times are written in UTC.
CREATE FUNCTION row_digest(whole jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(jsonb_strip_nulls(whole - ARRAY['known_to', 'account_key', 'account_cipher', 'id_number_key', 'id_number_cipher', 'secret_key', 'secret_cipher'])::text, 'UTF8'))
$$;

-- Rows that name no operation themselves belong to that of the row they stand below.
CREATE FUNCTION parent_of_rows(of_table text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE of_table
             WHEN 'batch' THEN 'JOIN bank_file p USING (province_code, month, file_no)'
             WHEN 'cash_line' THEN 'JOIN cash_list p USING (province_code, month, list_no)'
             WHEN 'law_file' THEN 'JOIN law_load p USING (province_code, load_no)'
             WHEN 'recall_payment' THEN 'JOIN recall p USING (province_code, recall_no)'
             WHEN 'give_back_line' THEN 'JOIN give_back p USING (province_code, give_back_no)'
             WHEN 'account_asked' THEN 'JOIN account_inquiry p USING (province_code, inquiry_no)'
             WHEN 'match_part' THEN 'JOIN match p USING (province_code, import_no, entry_no, detail_no, version)' END
$$;

CREATE FUNCTION cover_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET "TimeZone" = 'UTC' AS $$
DECLARE
    parent text := parent_of_rows(tg_table_name);
    named text := CASE WHEN parent IS NULL THEN 'n' ELSE 'p' END;
    -- A set by the hundred thousand is a load or a list: its file's hash, or the run's content hash, stands in the events of the block. Its count is covered here.
    digested boolean := (SELECT count(*) <= 20000 FROM inserted);
BEGIN
    EXECUTE format($sql$
        INSERT INTO covered_row (province_code, operation_no, table_name, items, digests)
        SELECT n.province_code, %1$s.operation_no, %2$L, count(*), CASE WHEN $1 THEN string_agg(CASE WHEN $1 THEN row_digest(to_jsonb(n)) END, ''::bytea) END
          FROM inserted n %3$s WHERE %1$s.operation_no IS NOT NULL GROUP BY n.province_code, %1$s.operation_no
        $sql$, named, tg_table_name, coalesce(parent, '')) USING digested;
    RETURN NULL;
END $$;

CREATE FUNCTION take_covered_rows(province smallint, operation bigint) RETURNS TABLE (table_name text, items bigint, digests bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    DELETE FROM covered_row c WHERE c.province_code = province AND c.operation_no = operation RETURNING c.table_name, c.items, c.digests
$$;

-- The same from the rows as they stand, for the verification: every operation of a table.
CREATE FUNCTION rows_by_operation(province smallint, of_table text) RETURNS TABLE (operation_no bigint, items bigint, digests bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET "TimeZone" = 'UTC' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relname = of_table AND c.relnamespace = 'public'::regnamespace AND t.tgname = 'cover_rows') THEN
        RAISE EXCEPTION '% has no covered rows', of_table USING ERRCODE = 'undefined_table';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        WITH counted AS (SELECT %2$s.operation_no AS no, count(*) AS items FROM %1$I n %3$s WHERE n.province_code = $1 AND %2$s.operation_no IS NOT NULL GROUP BY 1)
        SELECT no, items, NULL::bytea FROM counted WHERE items > 20000
        UNION ALL
        SELECT c.no, count(*), string_agg(row_digest(to_jsonb(n)), ''::bytea) FROM %1$I n %3$s JOIN counted c ON c.no = %2$s.operation_no AND c.items <= 20000
         WHERE n.province_code = $1 GROUP BY 1
        $sql$, of_table, CASE WHEN parent_of_rows(of_table) IS NULL THEN 'n' ELSE 'p' END, coalesce(parent_of_rows(of_table), '')) USING province;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Jumps of the clock: a block that is more than five minutes older than the one before it. Approval waits until an administrator has looked.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE clock_jump (
    province_code smallint NOT NULL,
    block_no      bigint NOT NULL,
    operation_no  bigint NOT NULL,
    previous_at   timestamptz NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (province_code, block_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (at < previous_at)
);

CREATE TABLE clock_confirmation (
    province_code smallint NOT NULL,
    block_no      bigint NOT NULL,
    person        text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, block_no),
    FOREIGN KEY (province_code, block_no) REFERENCES clock_jump,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Reads of personal data: many of them may share one operation and its block.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE SEQUENCE personal_read_block;

CREATE TABLE personal_read (
    province_code smallint NOT NULL,
    operation_no  bigint NOT NULL,
    read_no       int NOT NULL CHECK (read_no > 0),
    person        text NOT NULL,                  -- who read
    at            timestamptz NOT NULL,
    kind          text NOT NULL CHECK (kind <> ''),
    purpose       text NOT NULL CHECK (purpose <> ''),
    people        int NOT NULL CHECK (people >= 0),
    person_id     text,                           -- of whom, when it was one person
    people_digest bytea CHECK (length(people_digest) = 32),
    PRIMARY KEY (province_code, operation_no, read_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
CREATE INDEX personal_read_person ON personal_read (province_code, person, at);
CREATE INDEX personal_read_of ON personal_read (province_code, person_id, at) WHERE person_id IS NOT NULL;

-- ---------------------------------------------------------------------------------------------------------------------
-- Heads of the chain, signed; bundles, whose list of digests is signed once, so that the same run gives the same bytes.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE audit_head (
    province_code smallint NOT NULL,
    head_no       int NOT NULL CHECK (head_no > 0),
    block_no      bigint NOT NULL,
    block_hash    bytea NOT NULL CHECK (length(block_hash) = 32),
    content       text NOT NULL,                  -- exactly as signed
    signature     bytea NOT NULL,                 -- detached CMS
    at            timestamptz NOT NULL,
    PRIMARY KEY (province_code, head_no),
    FOREIGN KEY (province_code, block_no) REFERENCES audit_block
);

CREATE TABLE bundle_signature (
    province_code smallint NOT NULL,
    sums_sha256   bytea NOT NULL CHECK (length(sums_sha256) = 32),
    signature     bytea NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (province_code, sums_sha256)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- The fence: after a restore or a failover nothing leaves until the register of sealed files, the heads and the database agree.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE fence (
    province_code smallint NOT NULL REFERENCES tenant,
    fence_no      int NOT NULL CHECK (fence_no > 0),
    epoch         int NOT NULL,                   -- the epoch that began with it
    reason        text NOT NULL CHECK (reason <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, fence_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- What cannot be adopted is decided by two persons; the second is another than the first by the key.
CREATE TABLE fence_decision (
    province_code smallint NOT NULL,
    fence_no      int NOT NULL,
    item          text NOT NULL,
    person        text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, fence_no, item, person),
    FOREIGN KEY (province_code, fence_no) REFERENCES fence,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE fence_lift (
    province_code smallint NOT NULL,
    fence_no      int NOT NULL,
    person        text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, fence_no, person),
    FOREIGN KEY (province_code, fence_no) REFERENCES fence,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['clock_jump', 'clock_confirmation', 'personal_read', 'audit_head', 'bundle_signature', 'fence', 'fence_decision', 'fence_lift'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
    END LOOP;
END $$;

-- Every append-only table whose rows name their operation, and the register, whose rows end once and change in nothing else. The chain itself is no row of its own.
CREATE FUNCTION cover_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
    FOR t IN
        SELECT c.relname FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('audit_block', 'covered_row')
           AND (parent_of_rows(c.relname) IS NOT NULL OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'operation_no' AND NOT a.attisdropped))
           AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = 'cover_rows')
           AND (c.relname IN ('recipient', 'dated_fact', 'award', 'payee', 'channel', 'area', 'payer', 'local_standard', 'recoupment_decision')
             OR EXISTS (SELECT FROM pg_trigger g JOIN pg_proc f ON f.oid = g.tgfoid WHERE g.tgrelid = c.oid AND g.tgname = 'append_only' AND f.proname = 'refuse_change'
                          AND g.tgtype & 24 = 24))   -- refuses update and delete alike
         ORDER BY 1
    LOOP
        EXECUTE format('CREATE TRIGGER cover_rows AFTER INSERT ON %I REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION cover_rows()', t);
    END LOOP;
END $$;
SELECT cover_tables();

REVOKE ALL ON FUNCTION row_digest(jsonb), parent_of_rows(text), cover_rows(), take_covered_rows(smallint, bigint), rows_by_operation(smallint, text), cover_tables() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION row_digest(jsonb), take_covered_rows(smallint, bigint), rows_by_operation(smallint, text) TO payengine_run;
GRANT SELECT, INSERT ON clock_jump, clock_confirmation, personal_read, audit_head, bundle_signature, fence, fence_decision, fence_lift TO payengine_run;
GRANT USAGE ON SEQUENCE personal_read_block TO payengine_run;
GRANT SELECT ON clock_jump, clock_confirmation, fence, fence_decision, fence_lift TO payengine_desk;
