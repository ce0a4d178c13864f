-- 0001: the whole shape of a month, from the register to the certificate.
-- Applied by the runner as payengine_owner; the runner has made the roles payengine_owner, payengine_desk, payengine_run.
-- Never edited once released: a change is a new file. Amounts are whole đồng in bigint. Months are 202611.
-- province_code opens every key that grows with people: it is the tenant (the province whose system this is), not geography.

-- ---------------------------------------------------------------------------------------------------------------------
-- Scope: what a person may see, set by the program at the start of each transaction.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION payengine_scope() RETURNS int[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- '*' is the whole province (null), unset or empty is nothing at all.
    SELECT CASE coalesce(current_setting('payengine.communes', true), '')
             WHEN '*' THEN NULL
             WHEN '' THEN '{}'::int[]
             ELSE string_to_array(current_setting('payengine.communes', true), ',')::int[] END
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', tg_table_name USING ERRCODE = 'restrict_violation';
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The installation, operations, audit, people who use it
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE tenant (
    province_code smallint PRIMARY KEY CHECK (province_code BETWEEN 1 AND 99),
    name          text NOT NULL,
    epoch         int NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL
);

CREATE TABLE operation (
    province_code smallint NOT NULL REFERENCES tenant,
    operation_no  bigint GENERATED ALWAYS AS IDENTITY,
    key           text NOT NULL,
    kind          text NOT NULL,
    request_hash  bytea NOT NULL CHECK (length(request_hash) = 32),
    person        text NOT NULL,
    epoch         int NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (province_code, operation_no),
    UNIQUE (province_code, key)
);

CREATE TABLE operation_result (
    province_code smallint NOT NULL,
    operation_no  bigint NOT NULL,
    result        jsonb NOT NULL,
    PRIMARY KEY (province_code, operation_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE audit_block (
    province_code smallint NOT NULL,
    block_no      bigint NOT NULL CHECK (block_no > 0),
    operation_no  bigint NOT NULL,
    previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
    covers        text NOT NULL,             -- the sets of rows the operation wrote: table, count, digest
    events        text NOT NULL,             -- canonical JSON exactly as hashed
    hash          bytea NOT NULL CHECK (length(hash) = 32),
    at            timestamptz NOT NULL,
    PRIMARY KEY (province_code, block_no),
    UNIQUE (province_code, previous_hash),
    UNIQUE (province_code, hash),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE app_user (
    province_code smallint NOT NULL REFERENCES tenant,
    user_name     text NOT NULL CHECK (user_name ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    full_name     text NOT NULL,
    kind          text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),
    password_hash text,
    password_until timestamptz,              -- a password for once (recovery): until then, and it must be changed with the login; null: an own one
    key_hash      bytea CHECK (length(key_hash) = 32),  -- SHA-256 of the key of a service account
    bank_bin      text,                      -- of a bank's service account
    roles         text[] NOT NULL,
    communes      int[],                     -- null: the whole province
    valid_from    timestamptz NOT NULL,      -- infinity: added by one administrator, not yet by the second
    valid_to      timestamptz NOT NULL DEFAULT 'infinity',
    enrol_until   timestamptz NOT NULL DEFAULT '-infinity',  -- until then a first second factor can be set up by password alone
    failed_logins int NOT NULL DEFAULT 0,
    locked_until  timestamptz,
    PRIMARY KEY (province_code, user_name),
    CONSTRAINT person_has_password CHECK ((kind = 'person') = (password_hash IS NOT NULL)),
    CONSTRAINT service_has_key CHECK ((kind = 'service') = (key_hash IS NOT NULL)),
    CONSTRAINT service_roles CHECK (kind = 'person' OR roles <@ ARRAY['bank', 'worker']),
    CONSTRAINT person_roles CHECK (kind = 'service' OR NOT roles && ARRAY['bank', 'worker'])
);

CREATE TABLE app_session (
    province_code smallint NOT NULL,
    token_hash    bytea NOT NULL CHECK (length(token_hash) = 32),
    user_name     text NOT NULL,
    door          text NOT NULL CHECK (door IN ('cli', 'web', 'api')),
    opened_at     timestamptz NOT NULL,
    last_used_at  timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    proven_until  timestamptz,               -- how long the second factor counts as just shown; null: none was
    closed_at     timestamptz,
    PRIMARY KEY (province_code, token_hash),
    FOREIGN KEY (province_code, user_name) REFERENCES app_user
);

-- ---------------------------------------------------------------------------------------------------------------------
-- The register: what rows say (months) and when we knew it (known_from, known_to). A change is a new version.
-- The tenant of a row is that of its operation: refuse_unknown_operation() below looks once a statement, because a foreign key would look once a row.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE area (
    province_code smallint NOT NULL,
    commune_id    int NOT NULL,
    version       int NOT NULL CHECK (version > 0),
    commune_code  text NOT NULL,
    name          text NOT NULL,
    valid_from    date,
    valid_to      date,
    successors    text NOT NULL DEFAULT '',
    known_from    timestamptz NOT NULL,
    known_to      timestamptz NOT NULL DEFAULT 'infinity',
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, commune_id, version),
    CHECK (known_from <= known_to)
);
CREATE UNIQUE INDEX area_code ON area (province_code, commune_code) WHERE version = 1;

CREATE TABLE payer (
    province_code  smallint NOT NULL,
    payer_no       int NOT NULL,
    version        int NOT NULL CHECK (version > 0),
    payer_code     text NOT NULL,
    name           text NOT NULL,
    short_name     text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('department', 'commune')),
    programmes     smallint[] NOT NULL,
    commune_codes  text[] NOT NULL,           -- empty: the whole province
    counts_from    int NOT NULL,              -- first list month this system answers for
    debtor_bin     text NOT NULL,
    account_key    smallint NOT NULL,
    account_cipher bytea NOT NULL,
    account_tag    bytea NOT NULL CHECK (length(account_tag) = 16),
    account_tail   text NOT NULL,
    account_name   text NOT NULL,
    customer_no    text,
    valid_from     date,
    valid_to       date,
    known_from     timestamptz NOT NULL,
    known_to       timestamptz NOT NULL DEFAULT 'infinity',
    operation_no   bigint NOT NULL,
    PRIMARY KEY (province_code, payer_no, version),
    CHECK (known_from <= known_to)
);
CREATE UNIQUE INDEX payer_code ON payer (province_code, payer_code) WHERE version = 1;

CREATE TABLE recipient (
    province_code    smallint NOT NULL,
    recipient_id     int NOT NULL,
    version          int NOT NULL CHECK (version > 0),
    person_id        text NOT NULL,
    id_number_key    smallint,
    id_number_cipher bytea,
    id_number_tag    bytea CHECK (length(id_number_tag) = 16),
    id_number_tail   text,
    full_name        text NOT NULL,
    sex              smallint NOT NULL,
    birth_year       smallint NOT NULL,
    birth_month      smallint NOT NULL,       -- 0: known by year only
    birth_day        smallint NOT NULL,       -- 0: known by month only
    death            date,
    known_from       timestamptz NOT NULL,
    known_to         timestamptz NOT NULL DEFAULT 'infinity',
    operation_no     bigint NOT NULL,
    PRIMARY KEY (province_code, recipient_id, version),
    CHECK (known_from <= known_to)
);
CREATE UNIQUE INDEX recipient_person ON recipient (province_code, person_id) WHERE version = 1;
CREATE INDEX recipient_tag ON recipient (province_code, id_number_tag) WHERE id_number_tag IS NOT NULL AND known_to = 'infinity';

-- Facts that change by month: one row per person and state, as in people.csv.
CREATE TABLE dated_fact (
    province_code      smallint NOT NULL,
    recipient_id       int NOT NULL,
    version            int NOT NULL CHECK (version > 0),
    facts_from         int NOT NULL,          -- month; 0: from ever
    recorded_on        date,
    home_province      text NOT NULL,
    commune_id         int NOT NULL,
    special_area       boolean,
    household_id       text,
    spouse_id          text,
    poverty            smallint NOT NULL,
    supporter          smallint NOT NULL,
    alone              smallint NOT NULL,
    other_income       smallint NOT NULL,
    other_income_vnd   bigint,
    disability         smallint NOT NULL,
    disability_cert_on date,
    studying           boolean,
    study_broken       boolean,
    hamlet             text,
    address            text,
    phone              text,
    contact            text,
    in_facility        boolean,
    known_from         timestamptz NOT NULL,
    known_to           timestamptz NOT NULL DEFAULT 'infinity',
    operation_no       bigint NOT NULL,
    PRIMARY KEY (province_code, recipient_id, version),
    CHECK (known_from <= known_to)
);
CREATE INDEX dated_fact_commune ON dated_fact (province_code, commune_id, recipient_id);   -- also for what was known earlier
CREATE INDEX dated_fact_spouse ON dated_fact (province_code, spouse_id) WHERE spouse_id IS NOT NULL;

CREATE TABLE award (
    province_code      smallint NOT NULL,
    award_no           int NOT NULL,
    version            int NOT NULL CHECK (version > 0),
    award_id           text NOT NULL,
    recipient_id       int NOT NULL,
    programme          smallint NOT NULL CHECK (programme IN (1, 2, 3, 4)),   -- 4: other programmes, declared in law/programmes
    category           text NOT NULL,
    category_no        smallint NOT NULL,     -- dense number of the category for the kernel
    variant_no         smallint NOT NULL,     -- class and degree, folded to a dense number for the kernel
    facts_from         int NOT NULL,          -- month; 0: from ever
    recorded_on        date,
    filed_on           date,
    decision_no        text,
    decided_on         date,
    board_on           date,
    event_on           date,
    first_month        int,
    last_month         int,
    end_reason         text,
    on_roll_since      int,
    converted_from     text,
    degree_pct         smallint,
    class              smallint NOT NULL,
    special            boolean,
    at_home            boolean,
    valid_exam         boolean,
    full_time          boolean,
    seniority_units    smallint,
    decoration         text,
    martyrs            smallint,
    service_half_years smallint,
    deceased_id        text,
    deceased_category  text,
    deceased_pct       smallint,
    deceased_on        date,
    relation           smallint NOT NULL,
    children           smallint,
    children_births    date[],
    pregnant           boolean,
    about_person_id    text,
    treatment_days     smallint,
    declared_wage_vnd  bigint CHECK (declared_wage_vnd > 0),
    suspended_from     int,
    suspended_to       int,
    suspend_reason     smallint NOT NULL,
    released_on        date,
    reapplied_on       date,
    reviewed_on        date,
    review_result      smallint NOT NULL,
    known_from         timestamptz NOT NULL,
    known_to           timestamptz NOT NULL DEFAULT 'infinity',
    operation_no       bigint NOT NULL,
    PRIMARY KEY (province_code, award_no, version),
    CHECK (known_from <= known_to)
);
CREATE UNIQUE INDEX award_award_id ON award (province_code, award_id) WHERE version = 1;
CREATE INDEX award_recipient ON award (province_code, recipient_id);   -- also for runs that read what was known earlier

CREATE TABLE payee (
    province_code smallint NOT NULL,
    payee_no      int NOT NULL,
    version       int NOT NULL CHECK (version > 0),
    recipient_id  int NOT NULL,
    award_no      int,                        -- scope: one award …
    programme     smallint,                   -- … or one programme; both null: all
    payee_ref     text,
    payee_name    text NOT NULL,
    role          smallint NOT NULL,
    basis         text,
    basis_no      text,
    basis_on      date,                       -- the document's day and who issued it
    basis_issuer  text,
    valid_from    date,
    valid_to      date,
    channel       smallint NOT NULL,
    wish          smallint NOT NULL,
    wish_on       date,
    channel_version int,                      -- the account version this right is paid to; null: cash
    pay_commune   text,
    pay_point     text,
    at_home       boolean,
    known_from    timestamptz NOT NULL,
    known_to      timestamptz NOT NULL DEFAULT 'infinity',
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, payee_no, version),
    CHECK (known_from <= known_to)
);
CREATE INDEX payee_recipient ON payee (province_code, recipient_id);

-- The accounts of a payee: the one that payee.channel_version names, and beside it primary accounts of one programme, by days.
-- The number is kept once, as AES-256-GCM cipher text with a keyed tag for equality.
CREATE TABLE channel (
    province_code  smallint NOT NULL,
    payee_no       int NOT NULL,
    version        int NOT NULL CHECK (version > 0),
    programme      smallint CHECK (programme IN (1, 2, 3, 4)),   -- primary for this programme alone; null: for all that have none of their own
    valid_from     date,                                         -- of a programme's primary account
    valid_to       date,
    kind           smallint NOT NULL,
    bank_bin       text NOT NULL,
    account_key    smallint NOT NULL,
    account_cipher bytea NOT NULL,
    account_tag    bytea NOT NULL CHECK (length(account_tag) = 16),   -- of bin and number
    account_tail   text NOT NULL CHECK (length(account_tail) <= 4),
    holder_name    text NOT NULL,
    known_from     timestamptz NOT NULL,
    known_to       timestamptz NOT NULL DEFAULT 'infinity',
    operation_no   bigint NOT NULL,
    PRIMARY KEY (province_code, payee_no, version),
    CHECK (known_from <= known_to),
    CHECK ((programme IS NULL) = (valid_from IS NULL) AND (valid_to IS NULL OR valid_from <= valid_to)),
    -- No two primary accounts of one right and programme on one day. Deferred, because the version that ends another's days stands beside it for the length of a statement.
    CONSTRAINT one_primary_account_a_day EXCLUDE USING gist (int4range(province_code, province_code, '[]') WITH &&, int4range(payee_no, payee_no, '[]') WITH &&, int4range(programme, programme, '[]') WITH &&,
        daterange(valid_from, valid_to, '[]') WITH &&) WHERE (programme IS NOT NULL AND known_to = 'infinity') DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX channel_programme ON channel (province_code, payee_no) WHERE programme IS NOT NULL;
CREATE INDEX channel_tag ON channel (province_code, account_tag);   -- of earlier versions too: a run may have listed by one

CREATE TABLE local_standard (
    province_code smallint NOT NULL,
    standard_no   int NOT NULL,
    version       int NOT NULL CHECK (version > 0),
    home_province text NOT NULL,
    standard_code text NOT NULL,
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    valid_from    date NOT NULL,
    valid_to      date,
    source        text NOT NULL CHECK (source <> ''),
    status        text NOT NULL CHECK (status <> ''),
    known_from    timestamptz NOT NULL,
    known_to      timestamptz NOT NULL DEFAULT 'infinity',
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, standard_no, version)
);

-- Rows that come by the hundred thousand in one statement name one operation. What a foreign key would ask for each of them is asked once a statement;
-- since no operation is ever deleted, it holds as long as a foreign key would.
CREATE FUNCTION refuse_unknown_operation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT province_code, operation_no FROM inserted) n
                WHERE NOT EXISTS (SELECT FROM operation o WHERE o.province_code = n.province_code AND o.operation_no = n.operation_no)) THEN
        RAISE EXCEPTION 'a row of % names an operation that is not there', tg_table_name USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

-- Decisions to take back by monthly instalments what was listed too much. The sum is not here: it is what was listed minus what is due, found anew by each list.
CREATE TABLE recoupment_decision (
    province_code smallint NOT NULL,
    recoupment_no int NOT NULL,
    version       int NOT NULL CHECK (version > 0),
    recipient_id  int NOT NULL,
    award_no      int,                        -- scope: one award; null: every award of the person
    decision_no   text NOT NULL CHECK (decision_no <> ''),
    decided_on    date NOT NULL,
    from_month    int NOT NULL,
    monthly_vnd   bigint NOT NULL CHECK (monthly_vnd > 0),
    recorded_on   date,
    known_from    timestamptz NOT NULL,
    known_to      timestamptz NOT NULL DEFAULT 'infinity',
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, recoupment_no, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (known_from <= known_to)
);
CREATE INDEX recoupment_decision_recipient ON recoupment_decision (province_code, recipient_id);

-- A new version ends the knowledge of the one it replaces: the only column of the register that is ever updated, once.
CREATE FUNCTION end_knowledge() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF tg_table_name = 'dated_fact' THEN
        UPDATE dated_fact o SET known_to = n.known_from FROM inserted n
         WHERE n.version > 1 AND o.province_code = n.province_code AND o.recipient_id = n.recipient_id AND o.facts_from = n.facts_from
           AND o.version < n.version AND o.known_to = 'infinity';
    ELSIF tg_table_name = 'award' THEN
        UPDATE award o SET known_to = n.known_from FROM inserted n
         WHERE n.version > 1 AND o.province_code = n.province_code AND o.award_no = n.award_no AND o.facts_from = n.facts_from
           AND o.version < n.version AND o.known_to = 'infinity';
    ELSIF tg_table_name = 'recipient' THEN
        UPDATE recipient o SET known_to = n.known_from FROM inserted n
         WHERE n.version > 1 AND o.province_code = n.province_code AND o.recipient_id = n.recipient_id AND o.version < n.version AND o.known_to = 'infinity';
    ELSIF tg_table_name = 'payee' THEN
        UPDATE payee o SET known_to = n.known_from FROM inserted n
         WHERE n.version > 1 AND o.province_code = n.province_code AND o.payee_no = n.payee_no AND o.version < n.version AND o.known_to = 'infinity';
    ELSIF tg_table_name = 'channel' THEN
        UPDATE channel o SET known_to = n.known_from FROM inserted n
         WHERE n.version > 1 AND n.programme IS NULL AND o.programme IS NULL AND o.province_code = n.province_code AND o.payee_no = n.payee_no AND o.version < n.version AND o.known_to = 'infinity';
        -- A programme's primary account ends what was known of the days it covers, and of no others.
        UPDATE channel o SET known_to = n.known_from FROM inserted n
         WHERE n.programme IS NOT NULL AND o.programme = n.programme AND o.province_code = n.province_code AND o.payee_no = n.payee_no AND o.version < n.version AND o.known_to = 'infinity'
           AND daterange(o.valid_from, o.valid_to, '[]') && daterange(n.valid_from, n.valid_to, '[]');
    ELSIF tg_table_name = 'area' THEN
        UPDATE area o SET known_to = n.known_from FROM inserted n
         WHERE n.version > 1 AND o.province_code = n.province_code AND o.commune_id = n.commune_id AND o.version < n.version AND o.known_to = 'infinity';
    ELSIF tg_table_name = 'payer' THEN
        UPDATE payer o SET known_to = n.known_from FROM inserted n
         WHERE n.version > 1 AND o.province_code = n.province_code AND o.payer_no = n.payer_no AND o.version < n.version AND o.known_to = 'infinity';
    ELSIF tg_table_name = 'recoupment_decision' THEN
        UPDATE recoupment_decision o SET known_to = n.known_from FROM inserted n
         WHERE o.province_code = n.province_code AND o.recoupment_no = n.recoupment_no AND o.version < n.version AND o.known_to = 'infinity';
    ELSIF tg_table_name = 'local_standard' THEN
        UPDATE local_standard o SET known_to = n.known_from FROM inserted n
         WHERE n.version > 1 AND o.province_code = n.province_code AND o.standard_no = n.standard_no AND o.version < n.version AND o.known_to = 'infinity';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['recipient', 'dated_fact', 'award', 'payee', 'channel', 'area', 'payer', 'local_standard', 'recoupment_decision'] LOOP
        EXECUTE format('CREATE TRIGGER end_knowledge AFTER INSERT ON %I REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION end_knowledge()', t);
        EXECUTE format('CREATE TRIGGER operation_is_known AFTER INSERT ON %I REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_operation()', t);
    END LOOP;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The memory: what approved lists have listed, per award and component, as ranges of months
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE listed (
    province_code smallint NOT NULL,
    award_no      int NOT NULL,
    component     text NOT NULL,
    version       int NOT NULL CHECK (version > 0),
    recipient_id  int NOT NULL,
    from_months   int[] NOT NULL,
    to_months     int[] NOT NULL,             -- 0: open, listed each month until a newer version says otherwise
    amounts_vnd   bigint[] NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, award_no, component, version),
    CHECK (cardinality(from_months) = cardinality(to_months) AND cardinality(from_months) = cardinality(amounts_vnd))
);
CREATE INDEX listed_recipient ON listed (province_code, recipient_id);
CREATE TRIGGER operation_is_known AFTER INSERT ON listed REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_operation();

-- ---------------------------------------------------------------------------------------------------------------------
-- Runs
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE run (
    province_code    smallint NOT NULL REFERENCES tenant,
    month            int NOT NULL,
    run_no           int NOT NULL CHECK (run_no BETWEEN 1 AND 32767),
    payer_no         int NOT NULL,
    payer_version    int NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('regular', 'regularisation', 'one_off')),
    law_hash         bytea NOT NULL,
    known_at         timestamptz NOT NULL,    -- knowledge of the register the run was computed with
    law_known_on     date NOT NULL,           -- day on which instruments had to be in force
    execution_from   date NOT NULL,           -- window of execution dates that an approval covers
    execution_to     date NOT NULL,
    planned_at       timestamptz NOT NULL,    -- as the plan's time stands in its files
    made_by          text NOT NULL,
    previous_month   int,                     -- the regular run compared with
    previous_run     int,
    operation_no     bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no),
    UNIQUE (province_code, month, run_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    FOREIGN KEY (province_code, payer_no, payer_version) REFERENCES payer,
    CHECK (execution_from <= execution_to)
);

CREATE TABLE run_programme (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    payer_no      int NOT NULL,
    programme     smallint NOT NULL,
    run_no        int NOT NULL,
    regular       boolean NOT NULL,
    voided        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (province_code, month, payer_no, programme, run_no),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run
);
CREATE UNIQUE INDEX one_regular_run ON run_programme (province_code, month, payer_no, programme) WHERE regular AND NOT voided;

-- What the finished plan says of itself; its presence is the end of planning.
CREATE TABLE run_total (
    province_code   smallint NOT NULL,
    month           int NOT NULL,
    run_no          int NOT NULL,
    content_hash    bytea NOT NULL CHECK (length(content_hash) = 32),
    recipients      int NOT NULL,
    disbursements   int NOT NULL,
    lines           int NOT NULL,
    bank_attempts   int NOT NULL,
    cash_attempts   int NOT NULL,
    held            int NOT NULL,
    listed_vnd      bigint NOT NULL,
    bank_vnd        bigint NOT NULL,
    cash_vnd        bigint NOT NULL,
    held_vnd        bigint NOT NULL,
    arrears_vnd     bigint NOT NULL,
    recouped_vnd    bigint NOT NULL,
    left_to_recoup_vnd bigint NOT NULL,
    unverified_lines int NOT NULL,
    -- What the plan noticed without holding anybody.
    people_without       int NOT NULL,
    expired_rights       int NOT NULL,
    without_right        int NOT NULL,
    account_without_wish int NOT NULL,
    shared_accounts      int NOT NULL,
    PRIMARY KEY (province_code, month, run_no),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run
);

CREATE TABLE run_programme_total (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    programme     smallint NOT NULL,
    recipients    int NOT NULL,
    listed_vnd    bigint NOT NULL,
    bank_items    int NOT NULL,
    bank_vnd      bigint NOT NULL,
    cash_items    int NOT NULL,
    cash_vnd      bigint NOT NULL,
    held_items    int NOT NULL,
    held_vnd      bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, programme),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run_total
);

CREATE TABLE run_difference (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    programme     smallint NOT NULL,
    cause         text NOT NULL CHECK (cause IN ('last_month', 'new', 'stopped', 'raised', 'lowered', 'arrears', 'arrears_before', 'recouped', 'recouped_before',
                                                 'moved', 'other_account', 'other_payee', 'this_month')),
    in_bridge     boolean NOT NULL,
    items         int NOT NULL,
    sum_vnd       bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, programme, cause),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run
);

CREATE TABLE run_step (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    step_no       int NOT NULL CHECK (step_no > 0),
    step          text NOT NULL CHECK (step IN ('planned', 'submitted', 'returned', 'approved', 'voided', 'sealed', 'handed_over', 'closed')),
    level         smallint,
    person        text NOT NULL,
    made_by       text NOT NULL,
    content_hash  bytea NOT NULL CHECK (length(content_hash) = 32),
    remark        text,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, step_no),
    FOREIGN KEY (province_code, month, run_no, made_by) REFERENCES run (province_code, month, run_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT approver_is_not_maker CHECK (step <> 'approved' OR person <> made_by),
    CHECK (step <> 'approved' OR level IS NOT NULL)
);
CREATE UNIQUE INDEX one_approval_a_level ON run_step (province_code, month, run_no, level, content_hash) WHERE step = 'approved';
CREATE UNIQUE INDEX closed_once ON run_step (province_code, month, run_no) WHERE step IN ('closed', 'voided');

CREATE TABLE run_partition (
    province_code  smallint NOT NULL,
    month          int NOT NULL,
    run_no         int NOT NULL,
    stage          text NOT NULL CHECK (stage IN ('plan', 'export', 'verify')),
    partition_no   int NOT NULL CHECK (partition_no BETWEEN 0 AND 32767),
    commune_from   int NOT NULL,
    commune_to     int NOT NULL,
    recipient_from int NOT NULL,
    recipient_to   int NOT NULL,
    people         int NOT NULL,
    done_at        timestamptz,
    items          int,
    sum_vnd        bigint,
    digest         bytea,
    summary        jsonb,
    PRIMARY KEY (province_code, month, run_no, stage, partition_no),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    CHECK ((done_at IS NULL) = (digest IS NULL))
);

-- Which of the payer's accounts pays which creditor banks, by channel and purpose; frozen with the plan.
CREATE TABLE run_route (
    province_code    smallint NOT NULL,
    month            int NOT NULL,
    run_no           int NOT NULL,
    route_no         smallint NOT NULL,
    programme        smallint NOT NULL,
    profile          text NOT NULL,
    category_purpose text NOT NULL,
    purpose          text NOT NULL,
    service_level    text NOT NULL,
    PRIMARY KEY (province_code, month, run_no, route_no),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run
);

CREATE TABLE explanation (
    province_code  smallint NOT NULL,
    month          int NOT NULL,
    run_no         int NOT NULL,
    explanation_no int NOT NULL,
    sentence_vi    text NOT NULL,
    sentence_en    text NOT NULL,
    rule           text NOT NULL,
    citation       text NOT NULL,
    status         text NOT NULL,
    PRIMARY KEY (province_code, month, run_no, explanation_no),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run
);

-- Next versions of the memory that a draft would list; they become listed when the run is approved.
CREATE TABLE listed_next (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    award_no      int NOT NULL,
    component     text NOT NULL,
    version       int NOT NULL,
    recipient_id  int NOT NULL,
    from_months   int[] NOT NULL,
    to_months     int[] NOT NULL,
    amounts_vnd   bigint[] NOT NULL,
    PRIMARY KEY (province_code, month, run_no, award_no, component)
) PARTITION BY LIST (month);

CREATE TABLE line (
    province_code  smallint NOT NULL,
    month          int NOT NULL,
    award_no       int NOT NULL,
    component      text NOT NULL,
    for_month      int NOT NULL,
    kind           smallint NOT NULL CHECK (kind BETWEEN 1 AND 4),
    listed_version int NOT NULL,
    run_no         int NOT NULL,
    line_no        int NOT NULL,
    amount_vnd     bigint NOT NULL CHECK (amount_vnd <> 0 AND (kind = 3) = (amount_vnd < 0)),
    explanation_no int NOT NULL,
    -- One component of one award for one month once a list, over all runs; arrears name the memory they read.
    PRIMARY KEY (province_code, month, award_no, component, for_month, kind, listed_version)
) PARTITION BY LIST (month);

CREATE TABLE disbursement (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    recipient_id  int NOT NULL,
    payee_no      int NOT NULL,               -- 0: the recipient, for whom no right to receive is recorded
    payee_version int NOT NULL,
    payee_role    smallint NOT NULL,
    programme     smallint NOT NULL,
    commune_id    int NOT NULL,
    gross_vnd     bigint NOT NULL CHECK (gross_vnd >= 0),
    recouped_vnd  bigint NOT NULL CHECK (recouped_vnd >= 0),
    amount_vnd    bigint NOT NULL CHECK (amount_vnd >= 0),
    hold_reason   text,
    PRIMARY KEY (province_code, month, run_no, line_no),
    CHECK (amount_vnd = gross_vnd - recouped_vnd)
) PARTITION BY LIST (month);

CREATE TABLE attempt (
    province_code   smallint NOT NULL,
    month           int NOT NULL,
    run_no          int NOT NULL,
    line_no         int NOT NULL,
    attempt         smallint NOT NULL CHECK (attempt BETWEEN 1 AND 26),
    kind            smallint NOT NULL CHECK (kind IN (1, 2)),   -- 1 payment order through a bank, 2 cash payout
    amount_vnd      bigint NOT NULL CHECK (amount_vnd > 0),
    payee_no        int NOT NULL,
    channel_version int,
    route_no        smallint,
    pay_commune_id  int NOT NULL,
    carried_month   int NOT NULL,             -- the run that carries this attempt: its own for a first one
    carried_run     int NOT NULL,
    previous        smallint GENERATED ALWAYS AS (CASE WHEN attempt > 1 THEN attempt - 1 END) STORED,
    PRIMARY KEY (province_code, month, run_no, line_no, attempt),
    CHECK ((kind = 1) = (channel_version IS NOT NULL AND route_no IS NOT NULL))
) PARTITION BY LIST (month);

-- A run carries its own first attempts, which its key finds; these few of other runs it must find without reading every month.
CREATE INDEX attempt_carried ON attempt (province_code, carried_month, carried_run) WHERE carried_month <> month OR carried_run <> run_no;

CREATE TABLE attempt_end (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    attempt       smallint NOT NULL,
    how           text NOT NULL CHECK (how IN ('rejected', 'returned', 'cancelled', 'uncollected')),
    proof         text NOT NULL CHECK (proof <> ''),      -- what proves it: the statement entry, the batch equation, the cash result, two persons
    reason_code   text,
    ended_on      date NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, line_no, attempt)
) PARTITION BY LIST (month);

-- At most one live attempt: attempt k names the end of attempt k-1, and an end exists once.
ALTER TABLE attempt ADD CONSTRAINT attempt_after_proven_end FOREIGN KEY (province_code, month, run_no, line_no, previous)
    REFERENCES attempt_end (province_code, month, run_no, line_no, attempt);
ALTER TABLE attempt ADD CONSTRAINT attempt_of_disbursement FOREIGN KEY (province_code, month, run_no, line_no)
    REFERENCES disbursement (province_code, month, run_no, line_no);
ALTER TABLE attempt_end ADD CONSTRAINT end_of_attempt FOREIGN KEY (province_code, month, run_no, line_no, attempt)
    REFERENCES attempt (province_code, month, run_no, line_no, attempt);

-- ---------------------------------------------------------------------------------------------------------------------
-- Files to banks
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE bank_file (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    file_no       int NOT NULL CHECK (file_no > 0),
    run_no        int NOT NULL,               -- the run that carries the attempts
    profile       text NOT NULL,
    msg_id        text NOT NULL,
    numbered_at   timestamptz NOT NULL,       -- stands in the file as CreDtTm
    items         int NOT NULL CHECK (items > 0),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd > 0),
    list_hash     bytea NOT NULL CHECK (length(list_hash) = 32),
    list_hash_plain bytea NOT NULL CHECK (length(list_hash_plain) = 32),  -- without the attempt letters: the same list twice is refused
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, file_no),
    UNIQUE (province_code, msg_id),
    UNIQUE (province_code, list_hash_plain),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE batch (
    province_code  smallint NOT NULL,
    month          int NOT NULL,
    file_no        int NOT NULL,
    batch_no       int NOT NULL CHECK (batch_no > 0),
    pmt_inf_id     text NOT NULL,
    route_no       smallint NOT NULL,
    origin_month   int NOT NULL,
    origin_run     int NOT NULL,
    line_from      int NOT NULL,
    line_to        int NOT NULL,
    execution_date date NOT NULL,
    items          int NOT NULL CHECK (items > 0),
    sum_vnd        bigint NOT NULL CHECK (sum_vnd > 0),
    PRIMARY KEY (province_code, month, file_no, batch_no),
    UNIQUE (province_code, pmt_inf_id),
    FOREIGN KEY (province_code, month, file_no) REFERENCES bank_file,
    CHECK (line_from <= line_to)
);
CREATE INDEX batch_origin ON batch (province_code, origin_month, origin_run, route_no, line_from);

CREATE TABLE bank_file_seal (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    file_no       int NOT NULL,
    size_bytes    bigint NOT NULL CHECK (size_bytes > 0),
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    manifest_sha256 bytea NOT NULL CHECK (length(manifest_sha256) = 32),
    sealed_at     timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, file_no),
    FOREIGN KEY (province_code, month, file_no) REFERENCES bank_file,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE hand_over (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    file_no       int NOT NULL,
    hand_over_no  int NOT NULL CHECK (hand_over_no > 0),
    channel       text NOT NULL,
    person        text NOT NULL,
    intended_at   timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, file_no, hand_over_no),
    FOREIGN KEY (province_code, month, file_no) REFERENCES bank_file_seal,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE hand_over_outcome (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    file_no       int NOT NULL,
    hand_over_no  int NOT NULL,
    outcome       text NOT NULL CHECK (outcome IN ('sent', 'refused', 'unknown')),
    evidence      text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, file_no, hand_over_no, outcome),
    FOREIGN KEY (province_code, month, file_no, hand_over_no) REFERENCES hand_over,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Cash
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE cash_list (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    list_no       int NOT NULL CHECK (list_no > 0),
    commune_id    int NOT NULL,
    printed_at    timestamptz NOT NULL,
    printed_by    text NOT NULL,
    items         int NOT NULL CHECK (items > 0),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd > 0),
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, list_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE cash_line (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    list_no       int NOT NULL,
    cash_line_no  int NOT NULL CHECK (cash_line_no > 0),
    origin_month  int NOT NULL,
    origin_run    int NOT NULL,
    line_no       int NOT NULL,
    attempt       smallint NOT NULL,
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    receipt_code  text NOT NULL,
    PRIMARY KEY (province_code, month, list_no, cash_line_no),
    UNIQUE (province_code, receipt_code),
    UNIQUE (province_code, origin_month, origin_run, line_no, attempt),
    FOREIGN KEY (province_code, month, list_no) REFERENCES cash_list,
    FOREIGN KEY (province_code, origin_month, origin_run, line_no, attempt) REFERENCES attempt (province_code, month, run_no, line_no, attempt)
);

CREATE TABLE cash_result (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    list_no       int NOT NULL,
    cash_line_no  int NOT NULL,
    result        text NOT NULL CHECK (result IN ('paid', 'uncollected')),
    paid_on       date NOT NULL,
    receiver      text,
    remark        text,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, list_no, cash_line_no),
    FOREIGN KEY (province_code, month, list_no, cash_line_no) REFERENCES cash_line,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- ---------------------------------------------------------------------------------------------------------------------
-- What comes back
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE inbox_file (
    province_code smallint NOT NULL REFERENCES tenant,
    import_no     int NOT NULL CHECK (import_no > 0),
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    kind          text NOT NULL CHECK (kind IN ('bank', 'register')),
    file_name     text NOT NULL,
    message       text,
    message_id    text,
    sender        text,
    size_bytes    bigint NOT NULL,
    stored_as     text NOT NULL,              -- path of the kept bytes below the archive folder
    parked        text,                       -- why a person must decide first; null: not parked
    received_at   timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, import_no),
    UNIQUE (province_code, sha256),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
CREATE UNIQUE INDEX one_message_id ON inbox_file (province_code, sender, message, message_id) WHERE kind = 'bank' AND parked IS NULL;

-- The end of an import: what was read and applied. A file without this row is taken again and does no harm.
CREATE TABLE inbox_applied (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    entries       int NOT NULL,
    facts         int NOT NULL,
    suspense      int NOT NULL,
    findings      jsonb NOT NULL,
    applied_at    timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, import_no),
    FOREIGN KEY (province_code, import_no) REFERENCES inbox_file,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE statement (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    statement_no  int NOT NULL,
    statement_id  text NOT NULL,
    account_tag   bytea NOT NULL,
    sequence_no   bigint,
    from_date     date,
    to_date       date,
    opening_vnd   bigint,
    closing_vnd   bigint,
    currency      text NOT NULL,
    PRIMARY KEY (province_code, import_no, statement_no),
    FOREIGN KEY (province_code, import_no) REFERENCES inbox_file
);

CREATE TABLE bank_fact (
    province_code  smallint NOT NULL,
    month          int NOT NULL,              -- of arrival
    import_no      int NOT NULL,
    entry_no       int NOT NULL,
    detail_no      int NOT NULL,
    target         smallint NOT NULL CHECK (target BETWEEN 0 AND 3),   -- 0 suspense, 1 attempt, 2 batch, 3 file
    target_month   int,
    target_run     int,                       -- for a batch or file: null
    target_no      int,                       -- line_no of an attempt, file_no of a batch or file
    target_part    smallint,                  -- attempt, or batch_no
    evidence       int NOT NULL,              -- one bit of Evidence; 0: kept, says nothing
    level          smallint NOT NULL,         -- 1 statement, 2 notification, 3 report on a transaction, 4 on a batch, 5 on a file
    amount_vnd     bigint,
    reason_code    text,
    reason_text    text,
    event_key      bytea NOT NULL,            -- the same booking in camt.052, .053 and .054 has the same key
    event_date     date,
    reported_at    timestamptz NOT NULL,
    PRIMARY KEY (province_code, month, import_no, entry_no, detail_no)
) PARTITION BY LIST (month);
CREATE INDEX bank_fact_target ON bank_fact (province_code, target_month, target_run, target_no, target_part);

-- A later decision for an entry in suspense; its key is the rule that one entry has one match.
CREATE TABLE match (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    entry_no      int NOT NULL,
    detail_no     int NOT NULL,
    decision      text NOT NULL CHECK (decision IN ('attempt', 'batch', 'funding', 'charge', 'interest', 'other')),
    target_month  int,
    target_run    int,
    target_no     int,
    target_part   smallint,
    rule          text NOT NULL,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, import_no, entry_no, detail_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Money: where each listed đồng is. Reference rows are Core's tables; a test compares them.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE place (
    place   smallint PRIMARY KEY,
    code    text NOT NULL UNIQUE,
    name_vi text NOT NULL,
    name_en text NOT NULL
);
COMMENT ON TABLE place IS 'scale: reference';

CREATE TABLE legal_move (
    from_place smallint NOT NULL REFERENCES place,
    to_place   smallint NOT NULL REFERENCES place,
    cause      text NOT NULL,
    PRIMARY KEY (from_place, to_place)
);
COMMENT ON TABLE legal_move IS 'scale: reference';

CREATE TABLE evidence_state (
    evidence int PRIMARY KEY CHECK (evidence BETWEEN 0 AND 65535),
    view     smallint NOT NULL
);
COMMENT ON TABLE evidence_state IS 'scale: reference';

CREATE TABLE reason_policy (
    code        text PRIMARY KEY,
    fault       text NOT NULL,
    action      text NOT NULL,
    next_action text NOT NULL,
    auto_retries smallint NOT NULL,
    guard       text NOT NULL,
    may_become_cash boolean NOT NULL
);
COMMENT ON TABLE reason_policy IS 'scale: reference';

CREATE TABLE reference_rows (
    name   text PRIMARY KEY,
    sha256 bytea NOT NULL
);
COMMENT ON TABLE reference_rows IS 'scale: reference';

CREATE TABLE posting (
    province_code smallint NOT NULL,
    month         int NOT NULL,               -- the open month it is booked in
    posting_no    bigint GENERATED BY DEFAULT AS IDENTITY,
    operation_no  bigint NOT NULL,
    run_month     int NOT NULL,
    run_no        int NOT NULL,
    file_no       int,
    list_month    int,
    list_no       int,
    programme     smallint NOT NULL,
    commune_id    int NOT NULL,
    from_place    smallint NOT NULL,
    to_place      smallint NOT NULL,
    items         int NOT NULL CHECK (items > 0),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd > 0),
    digest        bytea NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (province_code, month, posting_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    FOREIGN KEY (from_place, to_place) REFERENCES legal_move
) PARTITION BY LIST (month);
CREATE INDEX posting_run ON posting (province_code, run_month, run_no);

-- Members of a posting: written for the few; a posting over a whole run, file or list is recomputed from its rows.
CREATE TABLE posting_member (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    operation_no  bigint NOT NULL,
    run_month     int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    from_place    smallint NOT NULL,
    to_place      smallint NOT NULL,
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    PRIMARY KEY (province_code, month, run_month, run_no, line_no, operation_no, from_place)
) PARTITION BY LIST (month);

CREATE TABLE carry_over (
    province_code smallint NOT NULL,
    month         int NOT NULL,               -- the closed run
    run_no        int NOT NULL,
    programme     smallint NOT NULL,
    commune_id    int NOT NULL,
    place         smallint NOT NULL REFERENCES place,
    to_month      int NOT NULL,
    items         int NOT NULL CHECK (items > 0),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd > 0),
    owner         text NOT NULL CHECK (owner <> ''),
    due_on        date NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, programme, commune_id, place),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE payment_case (
    province_code smallint NOT NULL,
    case_no       int NOT NULL CHECK (case_no > 0),
    kind          text NOT NULL,              -- rejected, returned, contradicted, suspense, paid_twice, bank_short, deceased …
    month         int,
    run_no        int,
    line_no       int,
    attempt       smallint,
    import_no     int,
    entry_no      int,
    detail_no     int,
    commune_id    int,
    amount_vnd    bigint NOT NULL,
    reason_code   text,
    next_action   text NOT NULL,
    owner         text NOT NULL,
    opened_at     timestamptz NOT NULL,
    due_on        date NOT NULL,
    taken_by      text,
    closed_at     timestamptz,
    closed_how    text,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, case_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK ((closed_at IS NULL) = (closed_how IS NULL))
);
CREATE UNIQUE INDEX one_open_case ON payment_case (province_code, month, run_no, line_no, attempt, kind) WHERE closed_at IS NULL AND line_no IS NOT NULL;
CREATE UNIQUE INDEX one_suspense_case ON payment_case (province_code, import_no, entry_no, detail_no) WHERE import_no IS NOT NULL;

-- ---------------------------------------------------------------------------------------------------------------------
-- Months: partitions are opened by the owner's function; nobody else may create anything.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION open_month(wanted int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE t text;
BEGIN
    IF wanted % 100 NOT BETWEEN 1 AND 12 OR wanted / 100 NOT BETWEEN 1990 AND 2200 THEN
        RAISE EXCEPTION '% is not a month', wanted;
    END IF;
    -- The usual case takes no lock: operations that book in the same month go on side by side.
    IF to_regclass(format('posting_member_%s', wanted)) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('payengine.open_month'));
    IF to_regclass(format('line_%s', wanted)) IS NOT NULL THEN RETURN; END IF;
    FOREACH t IN ARRAY ARRAY['listed_next', 'line', 'disbursement', 'attempt_end', 'attempt', 'bank_fact', 'posting', 'posting_member'] LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%s)', t || '_' || wanted, t, wanted);
        -- People of the desk get nothing here: a partition has no row security of its own.
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t || '_' || wanted);
    END LOOP;
END $$;

-- A draft is not money: its rows go, its operations and hash stay in the chain.
CREATE FUNCTION drop_draft(of_province smallint, of_month int, of_run int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM run_step WHERE province_code = of_province AND month = of_month AND run_no = of_run AND step IN ('approved', 'sealed', 'handed_over', 'closed')) THEN
        RAISE EXCEPTION 'run % of % is approved: its rows stay', of_run, of_month USING ERRCODE = 'restrict_violation';
    END IF;
    DELETE FROM attempt      WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM disbursement WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM line         WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM listed_next  WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    UPDATE run_programme SET voided = true WHERE province_code = of_province AND month = of_month AND run_no = of_run;
END $$;

-- Rows that came in bulk are unknown to the planner until they are sampled, and only their owner may do that. Month 0 is the register.
-- A small run in a large month changes little of what is known: with a payer a commune, sampling the month for each would cost more than the plans.
CREATE FUNCTION refresh_statistics(wanted int, new_rows bigint DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY CASE WHEN wanted = 0 THEN ARRAY['area', 'recipient', 'dated_fact', 'award', 'payee', 'channel', 'listed']
                            ELSE ARRAY['listed_next_' || wanted, 'line_' || wanted, 'disbursement_' || wanted, 'attempt_' || wanted, 'explanation', 'run_partition'] END LOOP
        IF new_rows IS NULL OR EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(t) AND (c.reltuples < 0 OR new_rows * 10 >= c.reltuples
                                          OR pg_relation_size(c.oid) >= c.relpages * 1.1 * current_setting('block_size')::int)) THEN
            EXECUTE format('ANALYZE %I', t);
        END IF;
    END LOOP;
END $$;

-- The lists printed a minute ago: their results come list by list, each looked up by its receipt codes, before autovacuum has counted the lines.
CREATE FUNCTION refresh_cash_statistics() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'ANALYZE cash_list, cash_line';

-- ---------------------------------------------------------------------------------------------------------------------
-- Views: states are derived from what happened, never stored
-- ---------------------------------------------------------------------------------------------------------------------

CREATE VIEW run_state WITH (security_invoker = true) AS
SELECT DISTINCT ON (s.province_code, s.month, s.run_no) s.province_code, s.month, s.run_no, s.step, s.content_hash, s.person, s.at
  FROM run_step s
 ORDER BY s.province_code, s.month, s.run_no, s.step_no DESC;

-- The batch and file a bank attempt stands in. A few hundred batches are put together with their files first (OFFSET 0): a payment matches one of them by six columns at once, and a planner
-- that meets them one by one takes the result for a single row and multiplies payments with files.
CREATE VIEW attempt_batch WITH (security_invoker = true) AS
SELECT a.province_code, a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, b.month AS file_month, b.file_no, b.batch_no, b.sum_vnd AS batch_vnd
  FROM attempt a
  JOIN (SELECT b.*, f.run_no FROM batch b JOIN bank_file f USING (province_code, month, file_no) OFFSET 0) b
    ON b.province_code = a.province_code AND b.month = a.carried_month AND b.run_no = a.carried_run AND b.origin_month = a.month AND b.origin_run = a.run_no
   AND b.route_no = a.route_no AND a.line_no BETWEEN b.line_from AND b.line_to
 WHERE a.kind = 1;

-- Facts with the decision a person took later for an entry in suspense.
CREATE VIEW decided_fact WITH (security_invoker = true) AS
SELECT f.province_code, f.import_no, f.entry_no, f.detail_no, f.evidence, f.level, f.amount_vnd, f.reason_code, f.event_key, f.event_date, f.reported_at,
       CASE WHEN m.decision IS NULL THEN f.target WHEN m.decision = 'attempt' THEN 1 WHEN m.decision = 'batch' THEN 2 ELSE 0 END AS target,
       coalesce(m.target_month, f.target_month) AS target_month, coalesce(m.target_run, f.target_run) AS target_run,
       coalesce(m.target_no, f.target_no) AS target_no, coalesce(m.target_part, f.target_part) AS target_part, m.decision
  FROM bank_fact f
  LEFT JOIN match m ON m.province_code = f.province_code AND m.import_no = f.import_no AND m.entry_no = f.entry_no AND m.detail_no = f.detail_no;

-- The same fold as Core's AttemptFold, ReportFold and BatchDebits (EvidenceFold.cs); a test compares the two.
-- bit_or, max and counts of distinct events are commutative and idempotent: order and repetition cannot matter.
-- Bits: 1 acknowledged, 2 accepted, 4 pending, 8 in settlement, 64 rejected, 128 cancelled, 512 debit booked, 1024 second debit,
-- 4096 return booked, 8192 part booked, 16384 second return, 65536 the debit of its batch is unclear.
CREATE VIEW attempt_evidence WITH (security_invoker = true) AS
WITH own AS (
    SELECT province_code, target_month, target_run, target_no, target_part,
           coalesce(bit_or(evidence) FILTER (WHERE level >= 3), 0) AS status,
           coalesce(bit_or(evidence) FILTER (WHERE level <= 2), 0)
             | CASE WHEN count(DISTINCT event_key) FILTER (WHERE level = 1 AND evidence = 512) > 1 THEN 1024 ELSE 0 END
             | CASE WHEN count(DISTINCT event_key) FILTER (WHERE level = 1 AND evidence & (4096 | 8192) <> 0) > 1 THEN 16384 ELSE 0 END AS money,
           max(reported_at) FILTER (WHERE level >= 3 AND evidence & (1 | 2 | 4 | 8) <> 0) AS accepted_at,
           max(reported_at) FILTER (WHERE level >= 3 AND evidence = 64) AS rejected_at,
           min(reported_at) FILTER (WHERE level >= 3 AND evidence IN (64, 128)) AS refused_at
      FROM decided_fact WHERE target = 1
     GROUP BY province_code, target_month, target_run, target_no, target_part
), report AS (
    SELECT province_code, target, target_month, target_no, coalesce(target_part, 0) AS target_part,
           coalesce(bit_or(CASE WHEN evidence = 64 THEN 64 ELSE 1 END) FILTER (WHERE level >= 3 AND evidence <> 0), 0) AS bits,
           max(reported_at) FILTER (WHERE level >= 3 AND evidence NOT IN (0, 64)) AS accepted_at,
           max(reported_at) FILTER (WHERE level >= 3 AND evidence = 64) AS rejected_at,
           min(reported_at) FILTER (WHERE level >= 3 AND evidence = 64) AS refused_at
      FROM decided_fact WHERE target IN (2, 3)
     GROUP BY province_code, target, target_month, target_no, coalesce(target_part, 0)
), booking AS (
    SELECT province_code, target_month, target_no, target_part, level, event_key, max(amount_vnd) AS amount_vnd
      FROM decided_fact WHERE target = 2 AND level <= 2 AND evidence = 512
     GROUP BY province_code, target_month, target_no, target_part, level, event_key
), debited AS (
    SELECT province_code, target_month, target_no, target_part,
           coalesce(sum(amount_vnd) FILTER (WHERE level = 1), sum(amount_vnd) FILTER (WHERE level = 2)) AS debited_vnd,
           coalesce(max(amount_vnd) FILTER (WHERE level = 1), max(amount_vnd) FILTER (WHERE level = 2)) AS largest_vnd
      FROM booking GROUP BY province_code, target_month, target_no, target_part
), told AS (
    -- What was said and booked of each batch and its file: put together batch by batch (OFFSET 0), not payment by payment.
    SELECT bt.province_code, bt.month AS file_month, bt.file_no, bt.batch_no, d.debited_vnd, d.largest_vnd,
           CASE WHEN coalesce(b.bits, 0) <> 0 THEN b.bits & CASE WHEN b.accepted_at > b.rejected_at THEN ~64 ELSE -1 END
                ELSE coalesce(f.bits, 0) & CASE WHEN f.accepted_at > f.rejected_at THEN ~64 ELSE -1 END END AS bits,
           CASE WHEN coalesce(b.bits, 0) <> 0 THEN b.refused_at ELSE f.refused_at END AS refused_at
      FROM batch bt
      LEFT JOIN report b ON b.province_code = bt.province_code AND b.target = 2 AND b.target_month = bt.month AND b.target_no = bt.file_no AND b.target_part = bt.batch_no
      LEFT JOIN report f ON f.province_code = bt.province_code AND f.target = 3 AND f.target_month = bt.month AND f.target_no = bt.file_no
      LEFT JOIN debited d ON d.province_code = bt.province_code AND d.target_month = bt.month AND d.target_no = bt.file_no AND d.target_part = bt.batch_no
    OFFSET 0
), word AS (
    SELECT ab.province_code, ab.month, ab.run_no, ab.line_no, ab.attempt, ab.amount_vnd, ab.file_month, ab.file_no, ab.batch_no, ab.batch_vnd,
           CASE WHEN coalesce(o.status, 0) <> 0 THEN o.status & CASE WHEN o.accepted_at > o.rejected_at THEN ~64 ELSE -1 END ELSE t.bits END | coalesce(o.money, 0) AS evidence,
           CASE WHEN coalesce(o.status, 0) <> 0 THEN o.refused_at ELSE t.refused_at END AS refused_at, t.debited_vnd, t.largest_vnd
      FROM attempt_batch ab
      LEFT JOIN own o ON o.province_code = ab.province_code AND o.target_month = ab.month AND o.target_run = ab.run_no AND o.target_no = ab.line_no AND o.target_part = ab.attempt
      LEFT JOIN told t ON t.province_code = ab.province_code AND t.file_month = ab.file_month AND t.file_no = ab.file_no AND t.batch_no = ab.batch_no
), summed AS (
    -- Partitioned by the run as well: a question about one run looks at that run only. What a debit can have left out: the refused in the order in which they were refused, those whose money came back last.
    SELECT w.*, CASE WHEN w.evidence & (64 | 128) <> 0 THEN sum(w.amount_vnd) FILTER (WHERE w.evidence & (64 | 128) <> 0) OVER in_line END AS left_out_vnd
      FROM word w
    WINDOW in_line AS (PARTITION BY w.province_code, w.month, w.run_no, w.file_month, w.file_no, w.batch_no ORDER BY w.evidence & (4096 | 8192) <> 0, w.refused_at)
), taken AS (
    -- Debits beyond the batch are somebody's second ones: of the batch its largest booking alone tells.
    SELECT s.*, CASE WHEN s.debited_vnd > s.batch_vnd THEN s.largest_vnd ELSE s.debited_vnd END AS taken_vnd FROM summed s
), explained AS (
    SELECT t.*, coalesce(bool_or(t.left_out_vnd = t.batch_vnd - t.taken_vnd) OVER (PARTITION BY t.province_code, t.month, t.run_no, t.file_month, t.file_no, t.batch_no), false) AS leaves_out
      FROM taken t
)
SELECT province_code, month, run_no, line_no, attempt, amount_vnd, file_month, file_no, batch_no,
       evidence | CASE WHEN debited_vnd IS NULL THEN 0
                       WHEN taken_vnd = batch_vnd THEN 512
                       WHEN leaves_out AND (left_out_vnd IS NULL OR left_out_vnd > batch_vnd - taken_vnd) THEN 512
                       WHEN leaves_out AND debited_vnd <= batch_vnd THEN 0
                       WHEN left_out_vnd IS NOT NULL AND evidence & (4096 | 8192) = 0 THEN 65536 ELSE 0 END AS evidence
  FROM explained;

-- Files that the bank has or may have: an intent stands that was not refused.
CREATE VIEW handed_file WITH (security_invoker = true) AS
SELECT DISTINCT h.province_code, h.month, h.file_no
  FROM hand_over h
  LEFT JOIN hand_over_outcome o ON o.province_code = h.province_code AND o.month = h.month AND o.file_no = h.file_no AND o.hand_over_no = h.hand_over_no AND o.outcome = 'refused'
 WHERE o.outcome IS NULL;

-- Where each attempt stands: its end, the bank's view, our hand-over, its cash list.
CREATE VIEW attempt_state WITH (security_invoker = true) AS
SELECT a.province_code, a.month, a.run_no, a.line_no, a.attempt, a.kind, a.amount_vnd, a.pay_commune_id, a.route_no, a.carried_month, a.carried_run,
       e.how AS ended_how, coalesce(ev.evidence, 0) AS evidence, coalesce(es.view, 1) AS bank_view, ev.file_month, ev.file_no, ev.batch_no,
       h.file_no IS NOT NULL AS handed_over,
       cl.list_no IS NOT NULL AS on_list, cl.month AS list_month, cl.list_no, cl.cash_line_no, cr.result AS cash_result
  FROM attempt a
  LEFT JOIN attempt_end e USING (province_code, month, run_no, line_no, attempt)
  LEFT JOIN attempt_evidence ev ON ev.province_code = a.province_code AND ev.month = a.month AND ev.run_no = a.run_no AND ev.line_no = a.line_no AND ev.attempt = a.attempt
  LEFT JOIN evidence_state es ON es.evidence = ev.evidence & 65535
  LEFT JOIN handed_file h ON h.province_code = a.province_code AND h.month = ev.file_month AND h.file_no = ev.file_no
  LEFT JOIN cash_line cl ON cl.province_code = a.province_code AND cl.origin_month = a.month AND cl.origin_run = a.run_no AND cl.line_no = a.line_no AND cl.attempt = a.attempt
  LEFT JOIN cash_result cr ON cr.province_code = cl.province_code AND cr.month = cl.month AND cr.list_no = cl.list_no AND cr.cash_line_no = cl.cash_line_no;

-- The same figures by the other road: what the postings of a run add up to in each place.
CREATE VIEW ledger_balance WITH (security_invoker = true) AS
SELECT province_code, run_month, run_no, programme, commune_id, place, sum(items)::bigint AS items, sum(sum_vnd)::bigint AS sum_vnd
  FROM (SELECT province_code, run_month, run_no, programme, commune_id, to_place AS place, items, sum_vnd FROM posting
        UNION ALL
        SELECT province_code, run_month, run_no, programme, commune_id, from_place, -items, -sum_vnd FROM posting WHERE from_place <> 0) moved
 GROUP BY province_code, run_month, run_no, programme, commune_id, place;

-- ---------------------------------------------------------------------------------------------------------------------
-- Append-only: enforced for everybody but the table's owner by rights, and for the owner by a trigger
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['operation', 'operation_result', 'audit_block', 'listed', 'run', 'run_total', 'run_programme_total', 'run_difference', 'run_step', 'run_route', 'explanation',
                             'attempt_end', 'bank_file', 'batch', 'bank_file_seal', 'hand_over', 'hand_over_outcome', 'cash_list', 'cash_line', 'cash_result',
                             'inbox_file', 'inbox_applied', 'statement', 'bank_fact', 'match', 'posting', 'posting_member', 'carry_over'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
    END LOOP;
    -- Drafts of these may be dropped by the owner's function, never changed.
    FOREACH t IN ARRAY ARRAY['line', 'disbursement', 'attempt', 'listed_next'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
    END LOOP;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Rights and row security
-- ---------------------------------------------------------------------------------------------------------------------

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO payengine_desk, payengine_run;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payengine_scope() TO payengine_desk, payengine_run;
GRANT EXECUTE ON FUNCTION open_month(int), drop_draft(smallint, int, int), refresh_statistics(int, bigint), refresh_cash_statistics() TO payengine_run;

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO payengine_run;
REVOKE INSERT ON evidence_state, legal_move, reason_policy, place, reference_rows FROM payengine_run;
GRANT UPDATE (done_at, items, sum_vnd, digest, summary) ON run_partition TO payengine_run;
GRANT UPDATE (taken_by, owner, due_on, next_action, closed_at, closed_how) ON payment_case TO payengine_run;
GRANT UPDATE (password_hash, password_until, key_hash, roles, communes, valid_from, valid_to, enrol_until, failed_logins, locked_until) ON app_user TO payengine_run;
GRANT UPDATE (last_used_at, closed_at) ON app_session TO payengine_run;
GRANT UPDATE (epoch) ON tenant TO payengine_run;

-- The desk reads; what it writes goes through operations. Secrets of other people are not its business.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO payengine_desk;
REVOKE SELECT ON app_user, app_session, audit_block, listed_next FROM payengine_desk;
GRANT SELECT (province_code, user_name, full_name, kind, bank_bin, roles, communes, valid_from, valid_to) ON app_user TO payengine_desk;

DO $$
DECLARE t text; in_scope text := '((SELECT payengine_scope()) IS NULL OR %s = ANY ((SELECT payengine_scope())::int[]))';
BEGIN
    -- Tables that carry their commune.
    FOREACH t IN ARRAY ARRAY['dated_fact', 'disbursement', 'cash_list', 'posting', 'carry_over', 'payment_case'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ' || format(in_scope, 'commune_id'), t);
    END LOOP;
    -- Tables of a person: seen by whoever sees one of the person's communes.
    FOREACH t IN ARRAY ARRAY['recipient', 'award', 'payee', 'listed', 'recoupment_decision'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS ('
            'SELECT FROM dated_fact f WHERE f.province_code = %I.province_code AND f.recipient_id = %I.recipient_id AND f.known_to = ''infinity''))', t, t, t);
    END LOOP;
    EXECUTE 'ALTER TABLE channel ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON channel TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON channel FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM payee p WHERE p.province_code = channel.province_code AND p.payee_no = channel.payee_no AND p.known_to = ''infinity''))';
    -- Tables of a disbursement: seen by whoever sees the disbursement.
    FOREACH t IN ARRAY ARRAY['line', 'attempt', 'attempt_end'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS ('
            'SELECT FROM disbursement d WHERE d.province_code = %I.province_code AND d.month = %I.month AND d.run_no = %I.run_no AND d.line_no = %I.line_no))', t, t, t, t, t);
    END LOOP;
    EXECUTE 'ALTER TABLE bank_fact ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON bank_fact TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON bank_fact FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR (target = 1 AND EXISTS (
        SELECT FROM disbursement d WHERE d.province_code = bank_fact.province_code AND d.month = target_month AND d.run_no = target_run AND d.line_no = target_no)))';
    EXECUTE 'ALTER TABLE match ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON match TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON match FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR (decision = ''attempt'' AND EXISTS (
        SELECT FROM disbursement d WHERE d.province_code = match.province_code AND d.month = target_month AND d.run_no = target_run AND d.line_no = target_no)))';
    EXECUTE 'ALTER TABLE posting_member ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON posting_member TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON posting_member FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM disbursement d WHERE d.province_code = posting_member.province_code AND d.month = run_month AND d.run_no = posting_member.run_no AND d.line_no = posting_member.line_no))';
    EXECUTE 'ALTER TABLE cash_line ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON cash_line TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON cash_line FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM cash_list l WHERE l.province_code = cash_line.province_code AND l.month = cash_line.month AND l.list_no = cash_line.list_no))';
    EXECUTE 'ALTER TABLE cash_result ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON cash_result TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON cash_result FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM cash_list l WHERE l.province_code = cash_result.province_code AND l.month = cash_result.month AND l.list_no = cash_result.list_no))';
END $$;
