-- 0009: cases that people work (việc phải xử lý): what was done about each, whose desk it lies on, accounts corrected by two persons, decisions by two persons,
-- failed payments made again by a regularisation run, and claims for money that was paid twice or came back short.
-- What was done is only inserted; the case itself keeps who has it, until when, and what comes next.

-- Two times: opened_at is when we learnt of it, happened_on the day it happened at the bank. Terms count from the first: an answer that comes late does not make a case late.
ALTER TABLE payment_case ADD COLUMN happened_on date;

CREATE TABLE case_event (
    province_code smallint NOT NULL,
    case_no       int NOT NULL,
    event_no      int NOT NULL CHECK (event_no > 0),
    event         text NOT NULL CHECK (event IN ('taken', 'given', 'freed', 'note', 'contact', 'escalated', 'account_proposed', 'account_approved', 'account_rejected', 'account_applied', 'account_dropped',
                                                 'decision_proposed', 'decision_approved', 'decision_rejected', 'paid_again', 'to_cash', 'claimed', 'resolved',
                                                 'settlement_proposed', 'settlement_approved', 'settlement_rejected', 'correction_proposed', 'correction_approved', 'correction_rejected')),
    person        text NOT NULL,
    at            timestamptz NOT NULL,       -- entered
    happened_at   timestamptz NOT NULL,       -- done
    channel       text CHECK (channel IN ('phone', 'visit', 'letter', 'message', 'office')),
    outcome       text CHECK (outcome IN ('reached', 'not_reached', 'promised', 'refused', 'moved', 'deceased')),
    to_person     text,
    remark        text,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, case_no, event_no),
    FOREIGN KEY (province_code, case_no) REFERENCES payment_case,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (happened_at <= at),
    CHECK ((event = 'contact') = (channel IS NOT NULL) AND (event = 'contact') = (outcome IS NOT NULL)),
    CHECK ((event = 'given') = (to_person IS NOT NULL)),
    CHECK (event NOT IN ('note', 'freed', 'escalated', 'resolved') OR coalesce(remark, '') <> '')
);

-- Whose desk the cases of a role lie on, by commune (0: every commune that has no row of its own); nobody named: whoever holds the role there. The last version counts.
CREATE TABLE case_desk (
    province_code smallint NOT NULL,
    role          text NOT NULL,
    commune_id    int NOT NULL,
    version       int NOT NULL CHECK (version > 0),
    user_name     text,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, role, commune_id, version),
    FOREIGN KEY (province_code, user_name) REFERENCES app_user,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Terms of an office in banking days, where it wants others than the program's. The last version counts.
CREATE TABLE case_term (
    province_code smallint NOT NULL REFERENCES tenant,
    term          text NOT NULL CHECK (term IN ('account_wait', 'idle', 'ask_payee', 'fix_and_retry', 'retry_later', 'decide', 'bank_short', 'suspense', 'cash_list')),
    version       int NOT NULL CHECK (version > 0),
    days          int NOT NULL CHECK (days BETWEEN 0 AND 30),
    why           text NOT NULL CHECK (why <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, term, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- ---------------------------------------------------------------------------------------------------------------------
-- A corrected account: proposed by one person with its source, approved by another, used after a wait. Only then it stands in the register.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE account_change (
    province_code   smallint NOT NULL,
    change_no       int NOT NULL CHECK (change_no > 0),
    case_no         int,                      -- of the failed payment; null: the person asked for another account without one
    commune_id      int NOT NULL,
    payee_no        int NOT NULL,
    payee_version   int NOT NULL,             -- of the register when it was proposed: a later one drops the change
    programme       smallint CHECK (programme IN (1, 2, 3, 4)),   -- to be primary for this programme alone, from valid_from; null: the account of the right
    valid_from      date,
    valid_to        date,
    correction_no   int,                      -- the bank's file it comes from; null: a person's word
    kind            smallint NOT NULL,
    bank_bin        text NOT NULL CHECK (bank_bin ~ '^[0-9]{6}$'),
    account_key     smallint NOT NULL,
    account_cipher  bytea NOT NULL,
    account_tag     bytea NOT NULL CHECK (length(account_tag) = 16),
    account_tail    text NOT NULL CHECK (length(account_tail) <= 4),
    holder_name     text NOT NULL CHECK (holder_name <> ''),
    expected_name   text NOT NULL,            -- the payee it was compared with
    -- The evidence of the name match: both names above as they were, here in normal form, and the rule that decided.
    holder_form     text NOT NULL,
    expected_form   text NOT NULL,
    name_rule       text NOT NULL CHECK (name_rule ~ '^[a-z_]+$'),
    name_score      smallint NOT NULL CHECK (name_score BETWEEN 0 AND 100),
    override_reason text,
    source          text NOT NULL CHECK (source <> ''),
    wait_days       int NOT NULL CHECK (wait_days >= 0),
    made_by         text NOT NULL,
    at              timestamptz NOT NULL,
    operation_no    bigint NOT NULL,
    PRIMARY KEY (province_code, change_no),
    UNIQUE (province_code, change_no, made_by),
    FOREIGN KEY (province_code, case_no) REFERENCES payment_case,
    FOREIGN KEY (province_code, payee_no, payee_version) REFERENCES payee,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK ((programme IS NULL) = (valid_from IS NULL) AND (valid_to IS NULL OR valid_from <= valid_to)),
    CONSTRAINT another_name_needs_a_reason CHECK (name_score >= 90 OR coalesce(override_reason, '') <> '')
);

CREATE TABLE account_change_step (
    province_code   smallint NOT NULL,
    change_no       int NOT NULL,
    step            text NOT NULL CHECK (step IN ('approved', 'rejected', 'applied', 'dropped')),
    person          text NOT NULL,
    made_by         text NOT NULL,
    remark          text,
    usable_on       date,                     -- approved: the first day on which it may be used
    payee_version   int,                      -- applied: the rows of the register it became
    channel_version int,
    at              timestamptz NOT NULL,
    operation_no    bigint NOT NULL,
    PRIMARY KEY (province_code, change_no, step),
    FOREIGN KEY (province_code, change_no, made_by) REFERENCES account_change (province_code, change_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT account_approver_is_not_maker CHECK (step <> 'approved' OR person <> made_by),
    CHECK ((step = 'approved') = (usable_on IS NOT NULL)),
    CHECK ((step = 'applied') = (payee_version IS NOT NULL) AND (step = 'applied') = (channel_version IS NOT NULL)),
    CHECK (step NOT IN ('rejected', 'dropped') OR coalesce(remark, '') <> '')
);
CREATE UNIQUE INDEX account_decided_once ON account_change_step (province_code, change_no) WHERE step IN ('approved', 'rejected');
CREATE UNIQUE INDEX account_ended_once ON account_change_step (province_code, change_no) WHERE step IN ('rejected', 'applied', 'dropped');

-- ---------------------------------------------------------------------------------------------------------------------
-- What the reason policy leaves to people: proposed by one with evidence, approved by another.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE case_decision (
    province_code smallint NOT NULL,
    case_no       int NOT NULL,
    decision_no   int NOT NULL CHECK (decision_no > 0),
    decision      text NOT NULL CHECK (decision IN ('cash', 'repay')),
    evidence      text NOT NULL CHECK (evidence <> ''),
    made_by       text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, case_no, decision_no),
    UNIQUE (province_code, case_no, decision_no, made_by),
    FOREIGN KEY (province_code, case_no) REFERENCES payment_case,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE case_decision_answer (
    province_code smallint NOT NULL,
    case_no       int NOT NULL,
    decision_no   int NOT NULL,
    answer        text NOT NULL CHECK (answer IN ('approved', 'rejected')),
    person        text NOT NULL,
    made_by       text NOT NULL,
    remark        text,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, case_no, decision_no),
    FOREIGN KEY (province_code, case_no, decision_no, made_by) REFERENCES case_decision (province_code, case_no, decision_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT decision_approver_is_not_maker CHECK (answer <> 'approved' OR person <> made_by),
    CHECK (answer <> 'rejected' OR coalesce(remark, '') <> '')
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Paid again: what a regularisation run (đợt chi bổ sung) carries. A draft's rows are no attempts; approval makes them, each after the proven end of the one before.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE run_repayment (
    province_code   smallint NOT NULL,
    month           int NOT NULL,             -- the run that carries it
    run_no          int NOT NULL,
    origin_month    int NOT NULL,             -- the disbursement
    origin_run      int NOT NULL,
    line_no         int NOT NULL,
    attempt         smallint NOT NULL CHECK (attempt BETWEEN 2 AND 26),
    case_no         int NOT NULL,
    recipient_id    int NOT NULL,
    programme       smallint NOT NULL,
    commune_id      int NOT NULL,
    amount_vnd      bigint NOT NULL CHECK (amount_vnd > 0),
    payee_no        int NOT NULL,
    channel_version int NOT NULL,
    route_no        smallint NOT NULL,
    previous        smallint GENERATED ALWAYS AS (attempt - 1) STORED,
    PRIMARY KEY (province_code, month, run_no, origin_month, origin_run, line_no),
    UNIQUE (province_code, origin_month, origin_run, line_no, attempt),   -- one draft at a time carries it
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, case_no) REFERENCES payment_case,
    CONSTRAINT repaid_after_proven_end FOREIGN KEY (province_code, origin_month, origin_run, line_no, previous) REFERENCES attempt_end (province_code, month, run_no, line_no, attempt)
);
CREATE INDEX run_repayment_case ON run_repayment (province_code, case_no);

-- A returned draft lets go of what it would have carried.
CREATE FUNCTION free_repayments() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.voided AND NOT OLD.voided THEN
        UPDATE payment_case c SET next_action = 'repay'
          FROM run_repayment r
         WHERE r.province_code = NEW.province_code AND r.month = NEW.month AND r.run_no = NEW.run_no AND c.province_code = r.province_code AND c.case_no = r.case_no AND c.closed_at IS NULL;
        DELETE FROM run_repayment WHERE province_code = NEW.province_code AND month = NEW.month AND run_no = NEW.run_no;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER free_repayments AFTER UPDATE OF voided ON run_programme FOR EACH ROW EXECUTE FUNCTION free_repayments();

-- ---------------------------------------------------------------------------------------------------------------------
-- Claims of payments, beside the eleven places and never inside: paid twice (on the payee), came back short (on the bank). The memory of what was listed is not touched:
-- listed was the sum once.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE payment_claim (
    province_code smallint NOT NULL,
    claim_no      int NOT NULL CHECK (claim_no > 0),
    kind          text NOT NULL CHECK (kind IN ('paid_twice', 'bank_short')),
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    attempt       smallint NOT NULL,
    commune_id    int NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, claim_no),
    UNIQUE (province_code, kind, month, run_no, line_no, attempt),
    FOREIGN KEY (province_code, month, run_no, line_no, attempt) REFERENCES attempt (province_code, month, run_no, line_no, attempt),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE payment_claim_event (
    province_code smallint NOT NULL,
    claim_no      int NOT NULL,
    version       int NOT NULL CHECK (version > 0),
    event         text NOT NULL CHECK (event IN ('found', 'ceased', 'recovered', 'written_off')),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd > 0),
    left_vnd      bigint NOT NULL CHECK (left_vnd >= 0),     -- outstanding from now on
    evidence      text NOT NULL CHECK (evidence <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    previous      int GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED,
    PRIMARY KEY (province_code, claim_no, version),
    FOREIGN KEY (province_code, claim_no) REFERENCES payment_claim,
    FOREIGN KEY (province_code, claim_no, previous) REFERENCES payment_claim_event (province_code, claim_no, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE VIEW payment_claim_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (c.province_code, c.claim_no) c.province_code, c.claim_no, c.kind, c.month, c.run_no, c.line_no, c.attempt, c.commune_id, e.version, e.event, e.left_vnd
  FROM payment_claim c JOIN payment_claim_event e USING (province_code, claim_no)
 ORDER BY c.province_code, c.claim_no, e.version DESC;

-- ---------------------------------------------------------------------------------------------------------------------
-- Views
-- ---------------------------------------------------------------------------------------------------------------------

CREATE VIEW case_desk_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (province_code, role, commune_id) province_code, role, commune_id, user_name
  FROM case_desk ORDER BY province_code, role, commune_id, version DESC;

-- Corrected accounts and how far they are.
CREATE VIEW account_change_now WITH (security_invoker = true) AS
SELECT c.*, a.person AS approved_by, a.usable_on, coalesce(e.step, a.step, 'proposed') AS state, e.channel_version AS applied_channel_version
  FROM account_change c
  LEFT JOIN account_change_step a ON a.province_code = c.province_code AND a.change_no = c.change_no AND a.step = 'approved'
  LEFT JOIN account_change_step e ON e.province_code = c.province_code AND e.change_no = c.change_no AND e.step IN ('rejected', 'applied', 'dropped');

-- ---------------------------------------------------------------------------------------------------------------------
-- Rights and row security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE t text; in_scope text := '((SELECT payengine_scope()) IS NULL OR commune_id = ANY ((SELECT payengine_scope())::int[]))';
BEGIN
    FOREACH t IN ARRAY ARRAY['case_event', 'case_desk', 'case_term', 'account_change', 'account_change_step', 'case_decision', 'case_decision_answer', 'payment_claim', 'payment_claim_event'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
    END LOOP;
    -- A draft's rows may go with the draft, by the owner's function; they never change.
    CREATE TRIGGER append_only BEFORE UPDATE ON run_repayment FOR EACH ROW EXECUTE FUNCTION refuse_change();
    FOREACH t IN ARRAY ARRAY['case_event', 'case_desk', 'case_term', 'account_change', 'account_change_step', 'case_decision', 'case_decision_answer', 'run_repayment', 'payment_claim', 'payment_claim_event'] LOOP
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['case_event', 'case_decision', 'case_decision_answer', 'account_change', 'account_change_step', 'run_repayment', 'payment_claim', 'payment_claim_event', 'case_desk'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['account_change', 'run_repayment', 'payment_claim'] LOOP
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ' || in_scope, t);
    END LOOP;
    -- The desk of every commune (0) is everybody's to know.
    EXECUTE 'CREATE POLICY desk_scope ON case_desk FOR SELECT TO payengine_desk USING (commune_id = 0 OR ' || in_scope || ')';
    -- What belongs to a case, a change or a claim is seen by whoever sees that.
    FOREACH t IN ARRAY ARRAY['case_event', 'case_decision', 'case_decision_answer'] LOOP
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
            SELECT FROM payment_case c WHERE c.province_code = %I.province_code AND c.case_no = %I.case_no))', t, t, t);
    END LOOP;
    EXECUTE 'CREATE POLICY desk_scope ON account_change_step FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM account_change c WHERE c.province_code = account_change_step.province_code AND c.change_no = account_change_step.change_no))';
    EXECUTE 'CREATE POLICY desk_scope ON payment_claim_event FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM payment_claim c WHERE c.province_code = payment_claim_event.province_code AND c.claim_no = payment_claim_event.claim_no))';
    GRANT SELECT ON case_desk_now, account_change_now, payment_claim_now TO payengine_run, payengine_desk;
END $$;
