-- 0014: cash from the counter to the budget: where it is paid out (điểm chi trả), what a list brought back, sums nobody collected that go back to the budget,
-- and suspensions proposed because nobody came. F106 F107 F110; 20/2021/NĐ-CP Điều 8, 335/2026/NĐ-CP Điều 9 and 28.

-- A commune's counters, in versions that stay. Who goes to which one says the register (payees: pay_commune, pay_point); who names none goes to the usual one.
CREATE TABLE pay_point (
    province_code smallint NOT NULL,
    commune_id    int NOT NULL,
    point_code    text NOT NULL CHECK (point_code ~ '^[A-Z0-9][A-Z0-9.-]{0,15}$'),
    version       int NOT NULL CHECK (version > 0),
    name          text NOT NULL CHECK (name <> ''),
    address       text NOT NULL,
    opening       text NOT NULL,                                       -- days and hours, as they stand on the list
    is_usual      boolean NOT NULL,
    valid_from    date NOT NULL,
    valid_to      date,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    previous      int GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED,
    PRIMARY KEY (province_code, commune_id, point_code, version),
    FOREIGN KEY (province_code, commune_id, point_code, previous) REFERENCES pay_point (province_code, commune_id, point_code, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (valid_from <= valid_to)
);

CREATE VIEW pay_point_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (province_code, commune_id, point_code) * FROM pay_point ORDER BY province_code, commune_id, point_code, version DESC;

-- A list is of one commune and one of its counters; '' where the commune has declared none.
ALTER TABLE cash_list ADD COLUMN point_code text NOT NULL DEFAULT '';

-- Cash of uncollected lines that the cashier handed back, by voucher: the rest of them is still in the cashier's hands.
CREATE TABLE cash_handed_back (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    list_no       int NOT NULL,
    voucher       text NOT NULL CHECK (voucher <> ''),
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    on_date       date NOT NULL,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, list_no, voucher),
    FOREIGN KEY (province_code, month, list_no) REFERENCES cash_list,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- After how many months a sum nobody collected goes back to the budget. No national text says: each programme's rule is the authority's own and names its source.
CREATE TABLE unclaimed_rule (
    province_code smallint NOT NULL,
    programme     smallint NOT NULL CHECK (programme BETWEEN 1 AND 4),
    version       int NOT NULL CHECK (version > 0),
    months        int NOT NULL CHECK (months BETWEEN 1 AND 120),
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, programme, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- A proposal (bảng đề nghị nộp trả ngân sách): cash nobody collected, on no list, for longer than the rule says.
CREATE TABLE give_back (
    province_code smallint NOT NULL,
    give_back_no  int NOT NULL CHECK (give_back_no > 0),
    as_of         date NOT NULL,
    items         int NOT NULL CHECK (items > 0),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd > 0),
    proposed_by   text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, give_back_no),
    UNIQUE (province_code, give_back_no, proposed_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE give_back_line (
    province_code smallint NOT NULL,
    give_back_no  int NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    attempt       smallint NOT NULL,                                   -- the cash payout that waits; it is never ended, so nothing can follow it
    commune_id    int NOT NULL,
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    rule_version  int NOT NULL,
    PRIMARY KEY (province_code, give_back_no, month, run_no, line_no),
    FOREIGN KEY (province_code, give_back_no) REFERENCES give_back,
    FOREIGN KEY (province_code, month, run_no, line_no, attempt) REFERENCES attempt (province_code, month, run_no, line_no, attempt)
);
CREATE INDEX give_back_line_attempt ON give_back_line (province_code, month, run_no, line_no, attempt);

CREATE TABLE give_back_decision (
    province_code smallint NOT NULL,
    give_back_no  int NOT NULL,
    proposed_by   text NOT NULL,
    accepted      boolean NOT NULL,
    decision      text NOT NULL CHECK (decision <> ''),                -- number and day of the decision; of a refusal, the reason
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, give_back_no),
    FOREIGN KEY (province_code, give_back_no, proposed_by) REFERENCES give_back (province_code, give_back_no, proposed_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT give_back_decided_by_another CHECK (person <> proposed_by)
);

-- The person came after all, and an authority decided that the sum is paid: its attempt ends and the next one follows, on the same disbursement.
CREATE TABLE give_back_reclaimed (
    province_code smallint NOT NULL,
    give_back_no  int NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    decision      text NOT NULL CHECK (decision <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, give_back_no, month, run_no, line_no),
    FOREIGN KEY (province_code, give_back_no, month, run_no, line_no) REFERENCES give_back_line,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Attempts whose sum is back in the budget. A payment has left this view again once a later attempt follows: the latest attempt says where money is.
CREATE VIEW given_back WITH (security_invoker = true) AS
SELECT l.province_code, l.month, l.run_no, l.line_no, l.attempt, l.give_back_no, l.commune_id, l.amount_vnd
  FROM give_back_line l JOIN give_back_decision d USING (province_code, give_back_no) WHERE d.accepted;

-- On a list stands a cash payout that lives, for its whole sum, and that is not back in the budget: whoever tries anything else is refused.
-- The other way round the key of attempts refuses: a payout on a list has no end, so no payment order can follow it.
CREATE FUNCTION refuse_unpayable_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM inserted c JOIN attempt a ON a.province_code = c.province_code AND a.month = c.origin_month AND a.run_no = c.origin_run AND a.line_no = c.line_no AND a.attempt = c.attempt
                WHERE a.kind <> 2 OR a.amount_vnd <> c.amount_vnd
                   OR EXISTS (SELECT FROM attempt_end e WHERE e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt)) THEN
        RAISE EXCEPTION 'only a cash payout that has not ended stands on a cash list, with its whole sum' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM inserted c JOIN given_back g ON g.province_code = c.province_code AND g.month = c.origin_month AND g.run_no = c.origin_run AND g.line_no = c.line_no AND g.attempt = c.attempt) THEN
        RAISE EXCEPTION 'a payment that was given back to the budget stands on no cash list' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER line_is_payable AFTER INSERT ON cash_line REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION refuse_unpayable_line();

-- Nobody came for an award's money in several months in a row (BTXH): a proposal, which another person decides.
CREATE TABLE suspension_proposal (
    province_code smallint NOT NULL,
    proposal_no   int NOT NULL CHECK (proposal_no > 0),
    award_no      int NOT NULL,
    recipient_id  int NOT NULL,
    programme     smallint NOT NULL,
    commune_id    int NOT NULL,
    months        int[] NOT NULL CHECK (cardinality(months) > 0),      -- the uncollected ones, in a row
    last_month    int NOT NULL,
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    proposed_by   text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, proposal_no),
    UNIQUE (province_code, proposal_no, proposed_by),
    UNIQUE (province_code, award_no, last_month),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (last_month = months[cardinality(months)])
);

CREATE TABLE suspension_decision (
    province_code  smallint NOT NULL,
    proposal_no    int NOT NULL,
    proposed_by    text NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('accepted', 'refused', 'overtaken')),  -- overtaken: the person came, died or was suspended meanwhile
    decision       text NOT NULL CHECK (decision <> ''),                -- number and day; of a refusal, the reason
    suspended_from int,
    award_version  int,                                                -- the row of the register it made
    person         text NOT NULL,
    at             timestamptz NOT NULL,
    operation_no   bigint NOT NULL,
    PRIMARY KEY (province_code, proposal_no),
    FOREIGN KEY (province_code, proposal_no, proposed_by) REFERENCES suspension_proposal (province_code, proposal_no, proposed_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT suspension_decided_by_another CHECK (outcome = 'overtaken' OR person <> proposed_by),
    CHECK ((outcome = 'accepted') = (suspended_from IS NOT NULL) AND (outcome = 'accepted') = (award_version IS NOT NULL))
);

-- A proposal is somebody's case with a due day until it is decided.
ALTER TABLE payment_case ADD COLUMN proposal_no int;
ALTER TABLE payment_case ADD FOREIGN KEY (province_code, proposal_no) REFERENCES suspension_proposal;
CREATE UNIQUE INDEX one_open_suspension_case ON payment_case (province_code, proposal_no) WHERE closed_at IS NULL AND proposal_no IS NOT NULL;

-- An agreed way to pay a claim back in parts. The last plan of a claim counts; what is paid back is the claim's own events.
CREATE TABLE claim_plan (
    province_code smallint NOT NULL,
    claim_no      int NOT NULL,
    plan_no       int NOT NULL CHECK (plan_no > 0),
    claim_version int NOT NULL,                                        -- the version it was agreed on
    due_on        date[] NOT NULL,
    amounts_vnd   bigint[] NOT NULL,
    agreement     text NOT NULL CHECK (agreement <> ''),               -- number and day of the minutes or decision
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, claim_no, plan_no),
    FOREIGN KEY (province_code, claim_no, claim_version) REFERENCES claim_event (province_code, claim_no, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (cardinality(due_on) = cardinality(amounts_vnd) AND cardinality(due_on) BETWEEN 1 AND 120)
);

-- What each version of a claim did to its money, beside the eleven places and never inside them: one row for each move between the accounts of claims.
CREATE TABLE claim_posting (
    province_code smallint NOT NULL,
    claim_no      int NOT NULL,
    version       int NOT NULL,
    from_account  text NOT NULL,
    to_account    text NOT NULL,
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, claim_no, version, from_account, to_account),
    FOREIGN KEY (province_code, claim_no, version) REFERENCES claim_event (province_code, claim_no, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    -- found: listed too much; recouped: a list took it off; paid_back and written_off: a person's entry; withdrawn: a later list finds it due after all.
    CONSTRAINT claim_move_is_legal CHECK ((from_account, to_account) IN (('found', 'outstanding'), ('outstanding', 'recouped'), ('outstanding', 'paid_back'), ('outstanding', 'written_off'), ('outstanding', 'withdrawn')))
);

CREATE VIEW claim_balance WITH (security_invoker = true) AS
SELECT province_code, claim_no, account, sum(amount_vnd)::bigint AS sum_vnd
  FROM (SELECT province_code, claim_no, to_account AS account, amount_vnd FROM claim_posting
        UNION ALL SELECT province_code, claim_no, from_account, -amount_vnd FROM claim_posting) moved
 GROUP BY province_code, claim_no, account;

DO $$
DECLARE t text; in_scope text := '((SELECT payengine_scope()) IS NULL OR commune_id = ANY ((SELECT payengine_scope())::int[]))';
BEGIN
    FOREACH t IN ARRAY ARRAY['pay_point', 'cash_handed_back', 'unclaimed_rule', 'give_back', 'give_back_line', 'give_back_decision', 'give_back_reclaimed', 'suspension_proposal', 'suspension_decision', 'claim_plan', 'claim_posting'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    -- Rows about people of a commune: seen by whoever sees the commune, or what they are about.
    FOREACH t IN ARRAY ARRAY['pay_point', 'give_back_line', 'suspension_proposal', 'cash_handed_back', 'give_back_reclaimed', 'suspension_decision', 'claim_plan', 'claim_posting'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
    END LOOP;
    EXECUTE 'CREATE POLICY desk_scope ON pay_point FOR SELECT TO payengine_desk USING ' || in_scope;
    EXECUTE 'CREATE POLICY desk_scope ON give_back_line FOR SELECT TO payengine_desk USING ' || in_scope;
    EXECUTE 'CREATE POLICY desk_scope ON suspension_proposal FOR SELECT TO payengine_desk USING ' || in_scope;
    EXECUTE 'CREATE POLICY desk_scope ON cash_handed_back FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM cash_list l WHERE l.province_code = cash_handed_back.province_code AND l.month = cash_handed_back.month AND l.list_no = cash_handed_back.list_no))';
    EXECUTE 'CREATE POLICY desk_scope ON give_back_reclaimed FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM give_back_line l WHERE l.province_code = give_back_reclaimed.province_code AND l.give_back_no = give_back_reclaimed.give_back_no
           AND l.month = give_back_reclaimed.month AND l.run_no = give_back_reclaimed.run_no AND l.line_no = give_back_reclaimed.line_no))';
    EXECUTE 'CREATE POLICY desk_scope ON suspension_decision FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM suspension_proposal p WHERE p.province_code = suspension_decision.province_code AND p.proposal_no = suspension_decision.proposal_no))';
    EXECUTE 'CREATE POLICY desk_scope ON claim_plan FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM claim c WHERE c.province_code = claim_plan.province_code AND c.claim_no = claim_plan.claim_no))';
    EXECUTE 'CREATE POLICY desk_scope ON claim_posting FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM claim c WHERE c.province_code = claim_posting.province_code AND c.claim_no = claim_posting.claim_no))';
END $$;
REVOKE ALL ON FUNCTION refuse_unpayable_line() FROM PUBLIC;
GRANT SELECT ON pay_point_now, given_back, claim_balance TO payengine_run, payengine_desk;
