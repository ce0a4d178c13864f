-- 0003: bank profiles as data, and the accounts a payer pays from.
-- A run names the content of each profile it was planned with, byte for byte: a profile that changes later changes no file of an earlier run.
-- Routes say which of a payer's accounts pays which creditor banks; a payer without routes pays everybody from the account of its own row.

CREATE TABLE profile_content (
    province_code smallint NOT NULL,
    sha256        bytea NOT NULL,
    profile       text NOT NULL CHECK (profile <> ''),
    version       int NOT NULL CHECK (version > 0),
    content       bytea NOT NULL,
    operation_no  bigint NOT NULL,                                   -- the first plan that used it
    PRIMARY KEY (province_code, sha256),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (sha256 = sha256(content))
);

-- A payer's routes come as one table, which takes the place of the one before.
CREATE TABLE route_table (
    province_code smallint NOT NULL,
    payer_no      int NOT NULL,
    table_no      int NOT NULL CHECK (table_no > 0),
    digest        bytea NOT NULL CHECK (length(digest) = 32),        -- SHA-256 of the file it came in
    routes        int NOT NULL CHECK (routes >= 0),                  -- 0: from here on the payer's own account pays everybody again
    made_by       text NOT NULL,
    loaded_at     timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, payer_no, table_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE payer_route (
    province_code   smallint NOT NULL,
    payer_no        int NOT NULL,
    table_no        int NOT NULL,
    place           smallint NOT NULL CHECK (place BETWEEN 1 AND 200),  -- tried in this order
    programmes      smallint[] NOT NULL,                             -- empty: all of the payer's
    creditor_bins   text[] NOT NULL,                                 -- empty: every bank
    amount_from_vnd bigint CHECK (amount_from_vnd > 0),
    amount_to_vnd   bigint CHECK (amount_to_vnd > 0),
    channel         text CHECK (channel IN ('inside', 'low_value', 'high_value', 'instant')),   -- null: by bank and sum
    profile         text CHECK (profile <> ''),                      -- null: the profile of the debtor's bank
    debtor_bin      text NOT NULL,
    account_key     smallint NOT NULL,
    account_cipher  bytea NOT NULL,
    account_tag     bytea NOT NULL CHECK (length(account_tag) = 16),
    account_tail    text NOT NULL,
    account_name    text NOT NULL,
    customer_no     text,
    valid_from      date,
    valid_to        date,
    PRIMARY KEY (province_code, payer_no, table_no, place),
    FOREIGN KEY (province_code, payer_no, table_no) REFERENCES route_table,
    CHECK (amount_from_vnd <= amount_to_vnd),
    CHECK (valid_from <= valid_to)
);

-- Null in runs planned before: their route pays from the payer's own account, by the first version of the generic profile.
ALTER TABLE run_route ADD COLUMN profile_sha256 bytea, ADD COLUMN channel text CHECK (channel IN ('inside', 'low_value', 'high_value', 'instant')),
    ADD COLUMN payer_no int, ADD COLUMN table_no int, ADD COLUMN place smallint,
    ADD FOREIGN KEY (province_code, profile_sha256) REFERENCES profile_content (province_code, sha256),
    ADD FOREIGN KEY (province_code, payer_no, table_no, place) REFERENCES payer_route (province_code, payer_no, table_no, place),
    ADD CHECK ((profile_sha256 IS NULL) = (channel IS NULL)),
    ADD CHECK (num_nulls(payer_no, table_no, place) IN (0, 3));

-- The account each route of a run pays from, the payer's own or one of its routes'.
CREATE VIEW run_route_account WITH (security_invoker = true) AS
SELECT t.province_code, t.month, t.run_no, t.route_no, coalesce(a.debtor_bin, p.debtor_bin) AS debtor_bin, coalesce(a.account_key, p.account_key) AS account_key,
       coalesce(a.account_cipher, p.account_cipher) AS account_cipher, coalesce(a.account_tag, p.account_tag) AS account_tag, coalesce(a.account_tail, p.account_tail) AS account_tail,
       coalesce(a.account_name, p.account_name) AS account_name, CASE WHEN a.place IS NULL THEN p.customer_no ELSE a.customer_no END AS customer_no
  FROM run_route t
  JOIN run r ON r.province_code = t.province_code AND r.month = t.month AND r.run_no = t.run_no
  JOIN payer p ON p.province_code = r.province_code AND p.payer_no = r.payer_no AND p.version = r.payer_version
  LEFT JOIN payer_route a ON a.province_code = t.province_code AND a.payer_no = t.payer_no AND a.table_no = t.table_no AND a.place = t.place;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['profile_content', 'route_table', 'payer_route'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        -- The same for every commune of the province, like the payers themselves.
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
END $$;
GRANT SELECT ON run_route_account TO payengine_run, payengine_desk;
