-- Funds and providers: whose money a payment is (nguồn kinh phí), and who pays it out for us (tổ chức dịch vụ chi trả). F60 F61 F160-F164; law/README §4.1.
-- A fund's money stands at the Treasury until it is drawn, then at the paying bank or at a provider, until it is paid, given back or returned.

CREATE TABLE fund (
    province_code smallint NOT NULL,
    fund_code     text NOT NULL CHECK (fund_code ~ '^[A-Z0-9][A-Z0-9.-]{0,31}$'),
    name          text NOT NULL CHECK (name <> ''),
    chapter       text NOT NULL CHECK (chapter ~ '^[0-9]{3}$'),       -- chương of the budget
    payer_no      int NOT NULL,
    programmes    smallint[] NOT NULL,                                -- what it pays; empty: the management cost, of which fees are paid
    from_month    int NOT NULL,
    to_month      int,
    must_cover    boolean NOT NULL,                                   -- an export that it does not cover is refused, not only warned of
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, fund_code),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (from_month <= to_month)
);

CREATE TABLE provider (
    province_code smallint NOT NULL,
    provider_code text NOT NULL CHECK (provider_code ~ '^[A-Z0-9][A-Z0-9.-]{0,31}$'),
    name          text NOT NULL CHECK (name <> ''),
    kind          text NOT NULL CHECK (kind IN ('bank', 'post', 'wallet', 'desk')),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, provider_code),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Who pays in cash where: two contracts of one programme never cover one commune on one day.
CREATE TABLE contract (
    province_code smallint NOT NULL,
    contract_no   text NOT NULL CHECK (contract_no <> ''),
    provider_code text NOT NULL,
    programmes    smallint[] NOT NULL CHECK (cardinality(programmes) > 0),
    commune_ids   int[] NOT NULL,                                     -- empty: the whole province
    valid_from    date NOT NULL,
    valid_to      date,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, contract_no),
    FOREIGN KEY (province_code, provider_code) REFERENCES provider,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (valid_from <= valid_to)
);

-- A fee is a share of what was paid or a sum for each payout, by programme and month; never taken from a benefit (44/2022/TT-BTC Điều 7).
CREATE TABLE provider_fee (
    province_code smallint NOT NULL,
    contract_no   text NOT NULL,
    programme     smallint NOT NULL,
    from_month    int NOT NULL,
    per_100000    int CHECK (per_100000 BETWEEN 1 AND 10000),         -- thousandths of a per cent of what was paid: 0.75 % is 750
    each_vnd      bigint CHECK (each_vnd > 0),
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, contract_no, programme, from_month),
    FOREIGN KEY (province_code, contract_no) REFERENCES contract,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK ((per_100000 IS NULL) <> (each_vnd IS NULL))
);

-- Places of fund money: 1 Treasury, 2 paying bank, 3 provider, 4 fee.
CREATE TABLE fund_movement (
    province_code smallint NOT NULL,
    movement_no   int NOT NULL CHECK (movement_no > 0),
    fund_code     text NOT NULL,
    month         int NOT NULL,                                       -- the list month it is for
    from_place    smallint NOT NULL,
    to_place      smallint NOT NULL,
    provider_code text,
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    on_date       date NOT NULL,
    voucher       text NOT NULL CHECK (voucher <> ''),
    undoes        int,                                                -- a contra entry names what it takes back; nothing is ever changed
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, movement_no),
    UNIQUE (province_code, undoes),
    FOREIGN KEY (province_code, fund_code) REFERENCES fund,
    FOREIGN KEY (province_code, provider_code) REFERENCES provider,
    FOREIGN KEY (province_code, undoes) REFERENCES fund_movement,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT fund_move_is_legal CHECK (undoes IS NOT NULL OR (from_place, to_place) IN ((1, 2), (1, 3), (2, 3), (3, 2), (2, 1), (3, 1), (2, 4))),
    CONSTRAINT fund_provider_named CHECK ((from_place IN (3, 4) OR to_place IN (3, 4)) = (provider_code IS NOT NULL))
);

-- The statement entry that shows a movement: one entry shows one movement.
CREATE TABLE fund_entry (
    province_code smallint NOT NULL,
    movement_no   int NOT NULL,
    import_no     int NOT NULL,
    entry_no      int NOT NULL,
    detail_no     int NOT NULL,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, movement_no),
    UNIQUE (province_code, import_no, entry_no, detail_no),
    FOREIGN KEY (province_code, movement_no) REFERENCES fund_movement,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- What a provider reported for a month, once it agreed with the lists.
CREATE TABLE provider_report (
    province_code smallint NOT NULL,
    provider_code text NOT NULL,
    month         int NOT NULL,
    report_no     int NOT NULL CHECK (report_no > 0),
    paid_items    int NOT NULL,
    paid_vnd      bigint NOT NULL,
    unpaid_items  int NOT NULL,
    unpaid_vnd    bigint NOT NULL,
    left_vnd      bigint NOT NULL,
    file_sha256   bytea NOT NULL CHECK (length(file_sha256) = 32),
    reported_on   date NOT NULL,
    is_late       boolean NOT NULL,                                   -- after the 20th of the list month
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, provider_code, month, report_no),
    FOREIGN KEY (province_code, provider_code) REFERENCES provider,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['fund', 'provider', 'contract', 'provider_fee', 'fund_movement', 'fund_entry', 'provider_report'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
END $$;
