-- 0017: accounts and those who take the money: what banks say of accounts before they are paid to, flags of risk, corrections that banks send, rights renewed and ended by two people (F10-F12 F17-F30).

-- ---------------------------------------------------------------------------------------------------------------------
-- Asking a bank whether accounts are right. The list goes out as a file; each row is answered at most as often as the bank speaks, and the last word counts.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE account_inquiry (
    province_code smallint NOT NULL,
    inquiry_no    int NOT NULL CHECK (inquiry_no > 0),
    bank_bin      text NOT NULL CHECK (bank_bin ~ '^[0-9]{6}$'),
    accounts      int NOT NULL CHECK (accounts > 0),
    file_name     text NOT NULL,
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, inquiry_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- One row an account and holder; the number itself stands in the register alone.
CREATE TABLE account_asked (
    province_code   smallint NOT NULL,
    inquiry_no      int NOT NULL,
    row_no          int NOT NULL CHECK (row_no > 0),
    payee_no        int NOT NULL,
    channel_version int NOT NULL,
    account_tag     bytea NOT NULL CHECK (length(account_tag) = 16),
    holder_name     text NOT NULL,
    PRIMARY KEY (province_code, inquiry_no, row_no),
    FOREIGN KEY (province_code, inquiry_no) REFERENCES account_inquiry,
    FOREIGN KEY (province_code, payee_no, channel_version) REFERENCES channel
);
CREATE INDEX account_asked_tag ON account_asked (province_code, account_tag);

-- What a bank said: the state that follows, and the evidence of the name match where it told a name (F23).
CREATE TABLE account_answer (
    province_code smallint NOT NULL,
    inquiry_no    int NOT NULL,
    row_no        int NOT NULL,
    answer_no     int NOT NULL CHECK (answer_no > 0),
    state         smallint NOT NULL CHECK (state BETWEEN 1 AND 4),   -- 1 verified, 2 name differs, 3 closed, 4 not found
    bank_name     text,
    bank_form     text,
    holder_form   text,
    name_rule     text CHECK (name_rule ~ '^[a-z_]+$'),
    name_score    smallint CHECK (name_score BETWEEN 0 AND 100),
    answered_on   date NOT NULL,
    note          text,
    file_name     text NOT NULL,
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    previous      int GENERATED ALWAYS AS (CASE WHEN answer_no > 1 THEN answer_no - 1 END) STORED,
    PRIMARY KEY (province_code, inquiry_no, row_no, answer_no),
    FOREIGN KEY (province_code, inquiry_no, row_no) REFERENCES account_asked,
    FOREIGN KEY (province_code, inquiry_no, row_no, previous) REFERENCES account_answer (province_code, inquiry_no, row_no, answer_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK ((bank_name IS NULL) = (name_rule IS NULL) AND (bank_name IS NULL) = (name_score IS NULL)),
    -- A bank that names another holder has verified nothing, whatever else it says.
    CONSTRAINT verified_is_the_holder CHECK (state <> 1 OR bank_name IS NULL OR name_score >= 90)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Flags of risk on accounts, with source and last day; ended before it by another person.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE account_flag (
    province_code smallint NOT NULL,
    flag_no       int NOT NULL CHECK (flag_no > 0),
    bank_bin      text NOT NULL CHECK (bank_bin ~ '^[0-9]{6}$'),
    account_tag   bytea NOT NULL CHECK (length(account_tag) = 16),   -- also of accounts that nobody of the register has yet
    account_tail  text NOT NULL CHECK (length(account_tail) <= 4),
    kind          smallint NOT NULL CHECK (kind BETWEEN 1 AND 5),
    source        text NOT NULL CHECK (source <> ''),
    valid_from    date NOT NULL,
    expires_on    date NOT NULL,
    made_by       text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, flag_no),
    UNIQUE (province_code, flag_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (expires_on >= valid_from AND expires_on - valid_from <= 366)
);
CREATE INDEX account_flag_tag ON account_flag (province_code, account_tag);

CREATE TABLE account_flag_end (
    province_code smallint NOT NULL,
    flag_no       int NOT NULL,
    ended_on      date NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    person        text NOT NULL,
    made_by       text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, flag_no),
    FOREIGN KEY (province_code, flag_no, made_by) REFERENCES account_flag (province_code, flag_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT flag_ends_by_another CHECK (person <> made_by)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Corrections that a bank sends: a file whose every row becomes changes of accounts, each approved by another person (0009: account_change).
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE account_correction (
    province_code smallint NOT NULL,
    correction_no int NOT NULL CHECK (correction_no > 0),
    bank_bin      text NOT NULL CHECK (bank_bin ~ '^[0-9]{6}$'),
    source        text NOT NULL CHECK (source <> ''),
    file_name     text NOT NULL,
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    rows          int NOT NULL CHECK (rows > 0),
    changes       int NOT NULL CHECK (changes > 0),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, correction_no),
    UNIQUE (province_code, sha256),           -- the same file again changes nothing
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
ALTER TABLE account_change ADD FOREIGN KEY (province_code, correction_no) REFERENCES account_correction;

-- ---------------------------------------------------------------------------------------------------------------------
-- Rights to receive: renewed or ended by two people, checked each year.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE payee_change (
    province_code smallint NOT NULL,
    change_no     int NOT NULL CHECK (change_no > 0),
    kind          text NOT NULL CHECK (kind IN ('renew', 'end')),
    commune_id    int NOT NULL,
    payee_no      int NOT NULL,
    payee_version int NOT NULL,               -- of the register when it was proposed: a later one drops the change
    valid_to      date NOT NULL,              -- the last day from now on
    basis         text,
    basis_no      text,
    basis_on      date,
    basis_issuer  text,
    reason        text NOT NULL CHECK (reason <> ''),
    made_by       text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, change_no),
    UNIQUE (province_code, change_no, made_by),
    FOREIGN KEY (province_code, payee_no, payee_version) REFERENCES payee,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    -- Nobody's right runs longer without the paper that says so.
    CONSTRAINT renewed_by_a_document CHECK (kind <> 'renew' OR (coalesce(basis, '') <> '' AND coalesce(basis_no, '') <> '' AND basis_on IS NOT NULL AND coalesce(basis_issuer, '') <> ''))
);

CREATE TABLE payee_change_step (
    province_code smallint NOT NULL,
    change_no     int NOT NULL,
    step          text NOT NULL CHECK (step IN ('approved', 'rejected', 'dropped')),
    person        text NOT NULL,
    made_by       text NOT NULL,
    remark        text,
    payee_version int,                        -- approved: the version of the right it became
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, change_no),
    FOREIGN KEY (province_code, change_no, made_by) REFERENCES payee_change (province_code, change_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT payee_approver_is_not_maker CHECK (step <> 'approved' OR person <> made_by),
    CHECK ((step = 'approved') = (payee_version IS NOT NULL)),
    CHECK (step = 'approved' OR coalesce(remark, '') <> '')
);

-- The yearly look whether the paper still holds: who looked, when, at what.
CREATE TABLE payee_review (
    province_code smallint NOT NULL,
    payee_no      int NOT NULL,
    review_no     int NOT NULL CHECK (review_no > 0),
    reviewed_on   date NOT NULL,
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, payee_no, review_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Views
-- ---------------------------------------------------------------------------------------------------------------------

-- The last word of a bank on an account, for the holder it was asked about.
CREATE VIEW account_check_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (q.province_code, q.account_tag) q.province_code, q.account_tag, q.holder_name, a.state, a.bank_name, a.name_rule, a.name_score, a.answered_on, a.inquiry_no, a.row_no, a.at
  FROM account_asked q JOIN account_answer a USING (province_code, inquiry_no, row_no)
 ORDER BY q.province_code, q.account_tag, a.at DESC, a.inquiry_no DESC, a.row_no DESC, a.answer_no DESC;

CREATE VIEW account_flag_now WITH (security_invoker = true) AS
SELECT f.*, e.ended_on, e.person AS ended_by, e.reason AS end_reason
  FROM account_flag f LEFT JOIN account_flag_end e USING (province_code, flag_no);

CREATE VIEW payee_change_now WITH (security_invoker = true) AS
SELECT c.*, s.person AS answered_by, s.remark, coalesce(s.step, 'proposed') AS state
  FROM payee_change c LEFT JOIN payee_change_step s USING (province_code, change_no);

-- ---------------------------------------------------------------------------------------------------------------------
-- Rights and row security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE t text; in_scope text := '((SELECT payengine_scope()) IS NULL OR commune_id = ANY ((SELECT payengine_scope())::int[]))';
BEGIN
    FOREACH t IN ARRAY ARRAY['account_inquiry', 'account_asked', 'account_answer', 'account_flag', 'account_flag_end', 'account_correction', 'payee_change', 'payee_change_step', 'payee_review'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
    END LOOP;
    EXECUTE 'CREATE POLICY desk_scope ON payee_change FOR SELECT TO payengine_desk USING ' || in_scope;
    EXECUTE 'CREATE POLICY desk_scope ON payee_change_step FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM payee_change c WHERE c.province_code = payee_change_step.province_code AND c.change_no = payee_change_step.change_no))';
    -- What is about an account of a right is seen by whoever sees the right; lists of a bank and flags belong to the province.
    FOREACH t IN ARRAY ARRAY['account_asked', 'payee_review'] LOOP
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
            SELECT FROM payee p WHERE p.province_code = %I.province_code AND p.payee_no = %I.payee_no AND p.known_to = ''infinity''))', t, t, t);
    END LOOP;
    EXECUTE 'CREATE POLICY desk_scope ON account_answer FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM account_asked q WHERE q.province_code = account_answer.province_code AND q.inquiry_no = account_answer.inquiry_no AND q.row_no = account_answer.row_no))';
    FOREACH t IN ARRAY ARRAY['account_inquiry', 'account_flag', 'account_flag_end', 'account_correction'] LOOP
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL)', t);
    END LOOP;
    GRANT SELECT ON account_check_now, account_flag_now, payee_change_now TO payengine_run, payengine_desk;
END $$;
