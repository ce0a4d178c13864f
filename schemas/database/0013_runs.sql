-- 0013: what stands between a plan and its approval: the rules of runs as data, holds with their reasons and releases, conflicts, declared control totals,
-- levels of approval, the exception for a run before that is not closed, off-cycle runs (F48 F52 F54 F58 F59 F62-F64).

-- ---------------------------------------------------------------------------------------------------------------------
-- The rules of runs: levels of approval, what is unusual, what one person may release. A file in versions; another person approves it.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE run_rules (
    province_code smallint NOT NULL REFERENCES tenant,
    version       int NOT NULL CHECK (version > 0),      -- 0 is the program's own
    content       text NOT NULL CHECK (content <> ''),   -- the file as it was given
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, version),
    UNIQUE (province_code, version, person, sha256),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE run_rules_approval (
    province_code smallint NOT NULL,
    version       int NOT NULL,
    loaded_by     text NOT NULL,
    sha256        bytea NOT NULL,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, version),
    FOREIGN KEY (province_code, version, loaded_by, sha256) REFERENCES run_rules (province_code, version, person, sha256),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT rules_approver_is_not_loader CHECK (person <> loaded_by)
);

-- A run is judged by the rules that stood when it was planned; its content hash names them.
ALTER TABLE run ADD COLUMN rules_version int NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN reason text;
ALTER TABLE run DROP CONSTRAINT run_kind_check;
ALTER TABLE run ADD CONSTRAINT run_kind_check CHECK (kind IN ('regular', 'supplementary', 'one_off', 'regularisation'));
ALTER TABLE run ADD CONSTRAINT off_cycle_says_why CHECK (kind NOT IN ('supplementary', 'one_off') OR coalesce(reason, '') <> '');

-- ---------------------------------------------------------------------------------------------------------------------
-- A draft may be redrawn until it is approved: a person held or released changes its rows, its totals and its hash. After approval nothing of it changes.
-- ---------------------------------------------------------------------------------------------------------------------

ALTER TABLE run_total ADD COLUMN approval_levels smallint NOT NULL DEFAULT 1 CHECK (approval_levels BETWEEN 1 AND 9);

CREATE FUNCTION refuse_change_once_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'UPDATE' OR EXISTS (SELECT FROM run_step s WHERE s.province_code = OLD.province_code AND s.month = OLD.month AND s.run_no = OLD.run_no
                                      AND s.step IN ('approved', 'sealed', 'handed_over', 'closed')) THEN
        RAISE EXCEPTION '% of an approved run is append-only: a correction is a new row', tg_table_name USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

DROP TRIGGER append_only ON run_total;
DROP TRIGGER append_only ON run_programme_total;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON run_total FOR EACH ROW EXECUTE FUNCTION refuse_change_once_approved();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON run_programme_total FOR EACH ROW EXECUTE FUNCTION refuse_change_once_approved();

-- ---------------------------------------------------------------------------------------------------------------------
-- Levels of approval: the lower ones stand here, the last one is the run's step. Each level follows the one below, each by another person.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE run_approval (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    content_hash  bytea NOT NULL CHECK (length(content_hash) = 32),
    level         smallint NOT NULL CHECK (level > 0),
    role          text NOT NULL,
    person        text NOT NULL,
    made_by       text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    previous      smallint GENERATED ALWAYS AS (CASE WHEN level > 1 THEN level - 1 END) STORED,
    PRIMARY KEY (province_code, month, run_no, content_hash, level),
    CONSTRAINT one_level_a_person UNIQUE (province_code, month, run_no, content_hash, person),
    FOREIGN KEY (province_code, month, run_no, content_hash, previous) REFERENCES run_approval (province_code, month, run_no, content_hash, level),
    FOREIGN KEY (province_code, month, run_no, made_by) REFERENCES run (province_code, month, run_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT level_approver_is_not_maker CHECK (person <> made_by)
);

-- A certificate of an approver's own belongs to one person.
CREATE TABLE approver_certificate (
    province_code      smallint NOT NULL,
    certificate_sha256 bytea NOT NULL CHECK (length(certificate_sha256) = 32),
    person             text NOT NULL,
    subject            text NOT NULL,
    first_used_at      timestamptz NOT NULL,
    operation_no       bigint NOT NULL,
    PRIMARY KEY (province_code, certificate_sha256),
    UNIQUE (province_code, certificate_sha256, person),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Every approval, of each level, with a detached CMS signature over a statement that names run, content hash, totals, level and person: by the approver's own certificate, or by the key of the installation.
CREATE TABLE approval_signature (
    province_code      smallint NOT NULL,
    month              int NOT NULL,
    run_no             int NOT NULL,
    content_hash       bytea NOT NULL CHECK (length(content_hash) = 32),
    level              smallint NOT NULL CHECK (level > 0),
    person             text NOT NULL,
    statement          text NOT NULL,
    signature          bytea NOT NULL,
    certificate_sha256 bytea NOT NULL CHECK (length(certificate_sha256) = 32),
    subject            text NOT NULL,
    is_own             boolean NOT NULL,
    own_certificate    bytea GENERATED ALWAYS AS (CASE WHEN is_own THEN certificate_sha256 END) STORED,
    at                 timestamptz NOT NULL,
    operation_no       bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, content_hash, level),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, own_certificate, person) REFERENCES approver_certificate (province_code, certificate_sha256, person),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- The last approval stands on all the levels below it, for the very content.
CREATE FUNCTION refuse_early_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE needed smallint; below int;
BEGIN
    IF NEW.step <> 'approved' THEN RETURN NULL; END IF;
    SELECT approval_levels INTO needed FROM run_total t WHERE t.province_code = NEW.province_code AND t.month = NEW.month AND t.run_no = NEW.run_no AND t.content_hash = NEW.content_hash;
    SELECT count(*) INTO below FROM run_approval a WHERE a.province_code = NEW.province_code AND a.month = NEW.month AND a.run_no = NEW.run_no AND a.content_hash = NEW.content_hash AND a.person <> NEW.person;
    IF below < coalesce(needed, 1) - 1 OR NEW.level < coalesce(needed, 1) THEN
        RAISE EXCEPTION 'run % of % needs % approvals by different people', NEW.run_no, NEW.month, needed USING ERRCODE = 'check_violation', CONSTRAINT = 'all_levels_approved';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER all_levels_approved AFTER INSERT ON run_step FOR EACH ROW EXECUTE FUNCTION refuse_early_approval();

-- ---------------------------------------------------------------------------------------------------------------------
-- Holds: one disbursement kept back with its reason, owner and due day, and the first try it keeps back. A release is a row of its own.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE run_hold (
    province_code   smallint NOT NULL,
    month           int NOT NULL,
    run_no          int NOT NULL,
    line_no         int NOT NULL,
    hold_no         smallint NOT NULL CHECK (hold_no > 0),
    reason          text NOT NULL CHECK (reason <> ''),
    remark          text,                        -- a person's words
    person          text,                        -- null: by the plan
    at              timestamptz NOT NULL,
    owner           text NOT NULL CHECK (owner <> ''),
    due_on          date NOT NULL,
    recipient_id    int NOT NULL,
    programme       smallint NOT NULL,
    commune_id      int NOT NULL,
    amount_vnd      bigint NOT NULL CHECK (amount_vnd > 0),
    -- What is kept back; kind null: there is no way to pay it yet.
    kind            smallint CHECK (kind IN (1, 2)),
    payee_no        int NOT NULL,
    channel_version int,
    route_no        smallint,
    pay_commune_id  int,
    operation_no    bigint,                      -- null: the plan's own
    PRIMARY KEY (province_code, month, run_no, line_no, hold_no),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (person IS NULL OR (coalesce(remark, '') <> '' AND operation_no IS NOT NULL)),
    CHECK (kind IS NULL OR pay_commune_id IS NOT NULL),
    CHECK ((kind IS NOT DISTINCT FROM 1) = (channel_version IS NOT NULL AND route_no IS NOT NULL))
);

-- Asked for by one person; where the rules want two, the release follows from another. The last request counts: who asks anew takes the one before back.
CREATE TABLE run_hold_request (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    hold_no       smallint NOT NULL,
    request_no    smallint NOT NULL CHECK (request_no > 0),
    way           smallint NOT NULL CHECK (way IN (1, 2, 3)),   -- 1 as the register says, 2 in cash, 3 back to the budget
    payee_no      int,                           -- the payee it is asked for; null: whoever the register's rules choose
    person        text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, line_no, hold_no, request_no),
    UNIQUE (province_code, month, run_no, line_no, hold_no, request_no, person),
    FOREIGN KEY (province_code, month, run_no, line_no, hold_no) REFERENCES run_hold,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE run_hold_release (
    province_code  smallint NOT NULL,
    month          int NOT NULL,
    run_no         int NOT NULL,
    line_no        int NOT NULL,
    hold_no        smallint NOT NULL,
    request_no     smallint NOT NULL,
    asked_by       text NOT NULL,
    person         text NOT NULL,
    two_people     boolean NOT NULL,
    after_approval boolean NOT NULL,             -- the list stands, and its hash with it; otherwise the draft was redrawn
    -- After approval: how the sum goes, as the register is then. 1 by account, in the next regularisation run; 2 in cash.
    kind           smallint CHECK (kind IN (1, 2)),
    payee_no       int,
    pay_commune_id int,
    at             timestamptz NOT NULL,
    operation_no   bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, line_no, hold_no),
    FOREIGN KEY (province_code, month, run_no, line_no, hold_no, request_no, asked_by) REFERENCES run_hold_request (province_code, month, run_no, line_no, hold_no, request_no, person),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (after_approval = (kind IS NOT NULL) AND after_approval = (payee_no IS NOT NULL) AND after_approval = (pay_commune_id IS NOT NULL)),
    CONSTRAINT release_by_two_people CHECK (NOT two_people OR person <> asked_by)
);
CREATE UNIQUE INDEX run_hold_released_after ON run_hold_release (province_code, month, run_no, line_no) WHERE after_approval;

-- A released sum that was to go by account and had no attempt yet goes another way after all: in cash, or back to the budget. Two people.
CREATE TABLE run_hold_redirect (
    province_code  smallint NOT NULL,
    month          int NOT NULL,
    run_no         int NOT NULL,
    line_no        int NOT NULL,
    hold_no        smallint NOT NULL,
    request_no     smallint NOT NULL,
    asked_by       text NOT NULL,
    person         text NOT NULL,
    payee_no       int NOT NULL,
    pay_commune_id int NOT NULL,
    at             timestamptz NOT NULL,
    operation_no   bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, line_no, hold_no),
    FOREIGN KEY (province_code, month, run_no, line_no, hold_no) REFERENCES run_hold_release,
    FOREIGN KEY (province_code, month, run_no, line_no, hold_no, request_no, asked_by) REFERENCES run_hold_request (province_code, month, run_no, line_no, hold_no, request_no, person),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT redirected_by_two_people CHECK (person <> asked_by)
);

-- A released hold that goes by account is paid by the next regularisation run, as its first attempt: nothing has to have ended before it.
ALTER TABLE run_repayment DROP CONSTRAINT repaid_after_proven_end;
ALTER TABLE run_repayment DROP CONSTRAINT run_repayment_attempt_check;
ALTER TABLE run_repayment DROP COLUMN previous;
ALTER TABLE run_repayment ADD CONSTRAINT run_repayment_attempt_check CHECK (attempt BETWEEN 1 AND 26);
ALTER TABLE run_repayment ADD COLUMN previous smallint GENERATED ALWAYS AS (CASE WHEN attempt > 1 THEN attempt - 1 END) STORED;
ALTER TABLE run_repayment ADD CONSTRAINT repaid_after_proven_end FOREIGN KEY (province_code, origin_month, origin_run, line_no, previous) REFERENCES attempt_end (province_code, month, run_no, line_no, attempt);

-- ---------------------------------------------------------------------------------------------------------------------
-- Conflicts, found when the plan ends and whenever it is redrawn; declared control totals; the exception for a run before that is not closed
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE run_conflict (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    content_hash  bytea NOT NULL,                -- of the draft it was found in
    code          text NOT NULL,
    is_hard       boolean NOT NULL,              -- the run cannot be submitted with it
    items         int NOT NULL CHECK (items > 0),
    sum_vnd       bigint NOT NULL,
    people        text[] NOT NULL,               -- some of them, by their codes
    PRIMARY KEY (province_code, month, run_no, content_hash, code),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run
);

CREATE TABLE run_control (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    control_no    int NOT NULL CHECK (control_no > 0),   -- the last declaration counts
    row_no        int NOT NULL,
    programme     smallint,                      -- null: all of the run
    commune_code  text,                          -- null: all of them
    people        int NOT NULL CHECK (people >= 0),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd >= 0),
    place         text NOT NULL,                 -- file and line, or the flag it was given with
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, control_no, row_no),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Who submitted although the run before was not closed; who approves the run approves this with it.
CREATE TABLE run_exception (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    content_hash  bytea NOT NULL CHECK (length(content_hash) = 32),
    rule          text NOT NULL CHECK (rule IN ('previous_closed')),
    open_runs     text[] NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, content_hash, rule),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- ---------------------------------------------------------------------------------------------------------------------
-- The owner's functions over drafts
-- ---------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_unless_draft(of_province smallint, of_month int, of_run int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM run_step WHERE province_code = of_province AND month = of_month AND run_no = of_run AND step IN ('approved', 'sealed', 'handed_over', 'closed')) THEN
        RAISE EXCEPTION 'run % of % is approved: its rows stay', of_run, of_month USING ERRCODE = 'restrict_violation';
    END IF;
END $$;

-- Draws a disbursement of a draft anew with this hold (null: none) and without an attempt; who releases writes the attempt it kept back.
CREATE FUNCTION redraw_disbursement(of_province smallint, of_month int, of_run int, of_line int, hold text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE d disbursement;
BEGIN
    PERFORM refuse_unless_draft(of_province, of_month, of_run);
    SELECT * INTO STRICT d FROM disbursement WHERE province_code = of_province AND month = of_month AND run_no = of_run AND line_no = of_line;
    DELETE FROM attempt      WHERE province_code = of_province AND month = of_month AND run_no = of_run AND line_no = of_line;
    DELETE FROM disbursement WHERE province_code = of_province AND month = of_month AND run_no = of_run AND line_no = of_line;
    d.hold_reason := hold;
    INSERT INTO disbursement SELECT d.*;
END $$;

-- Takes away what a draft says of itself, so that it can be said anew.
CREATE FUNCTION redraw_totals(of_province smallint, of_month int, of_run int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM refuse_unless_draft(of_province, of_month, of_run);
    DELETE FROM run_programme_total WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM run_total           WHERE province_code = of_province AND month = of_month AND run_no = of_run;
END $$;

CREATE OR REPLACE FUNCTION drop_draft(of_province smallint, of_month int, of_run int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM refuse_unless_draft(of_province, of_month, of_run);
    DELETE FROM attempt      WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM disbursement WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM line         WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM listed_next  WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM claim_found  WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    UPDATE run_programme SET voided = true WHERE province_code = of_province AND month = of_month AND run_no = of_run;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- A closed run carries nothing more over (I15); its steps and postings are refused by the ledger's own guards.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_after_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM run_step s WHERE s.province_code = NEW.province_code AND s.month = NEW.month AND s.run_no = NEW.run_no AND s.step = 'closed') THEN
        RAISE EXCEPTION 'run % of % is closed', NEW.run_no, NEW.month USING ERRCODE = 'restrict_violation', CONSTRAINT = 'closed_run_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_run_stays BEFORE INSERT ON carry_over FOR EACH ROW EXECUTE FUNCTION refuse_after_close();

-- ---------------------------------------------------------------------------------------------------------------------
-- Append-only, rights
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['run_rules', 'run_rules_approval', 'run_approval', 'approver_certificate', 'approval_signature', 'run_hold', 'run_hold_request', 'run_hold_release', 'run_hold_redirect', 'run_conflict', 'run_control', 'run_exception'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
    END LOOP;
    -- Holds name people: the desk reads them through operations. Whether a hold was released it must know to see where a sum is; such a row names nobody's person.
    FOREACH t IN ARRAY ARRAY['run_rules', 'run_rules_approval', 'run_approval', 'approver_certificate', 'approval_signature', 'run_hold_release', 'run_exception'] LOOP
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    ALTER TABLE run_hold_release ENABLE ROW LEVEL SECURITY;
    CREATE POLICY run_all ON run_hold_release TO payengine_run USING (true) WITH CHECK (true);
    CREATE POLICY desk_scope ON run_hold_release FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM disbursement d WHERE d.province_code = run_hold_release.province_code AND d.month = run_hold_release.month AND d.run_no = run_hold_release.run_no AND d.line_no = run_hold_release.line_no));
END $$;
REVOKE ALL ON FUNCTION refuse_change_once_approved(), refuse_early_approval(), refuse_unless_draft(smallint, int, int), redraw_disbursement(smallint, int, int, int, text), redraw_totals(smallint, int, int),
    refuse_after_close() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION redraw_disbursement(smallint, int, int, int, text), redraw_totals(smallint, int, int) TO payengine_run;
