-- 0022: passkeys (WebAuthn): the public half of what an authenticator keeps for a person. A challenge is answered once.
-- A row changes with each use (its counter), so the block of its operation names the credential's fingerprint instead of covering the row.

CREATE TABLE user_passkey (
    province_code      smallint NOT NULL,
    user_name          text NOT NULL,
    passkey_no         int NOT NULL CHECK (passkey_no > 0),
    credential_id      bytea NOT NULL CHECK (length(credential_id) BETWEEN 16 AND 1023),
    public_key         bytea NOT NULL,                  -- COSE
    sign_count         bigint NOT NULL CHECK (sign_count >= 0),
    transports         text[] NOT NULL,
    is_user_verified   boolean NOT NULL CHECK (is_user_verified),
    is_backup_eligible boolean NOT NULL,
    is_backed_up       boolean NOT NULL,
    attestation_object bytea NOT NULL,
    client_data        bytea NOT NULL,
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    made_at            timestamptz NOT NULL,
    last_used_at       timestamptz,
    removed_at         timestamptz,
    PRIMARY KEY (province_code, user_name, passkey_no),
    -- Also of removed ones: a credential belongs to one person for ever.
    UNIQUE (province_code, credential_id),
    FOREIGN KEY (province_code, user_name) REFERENCES app_user
);
COMMENT ON TABLE user_passkey IS 'scale: reference';

-- The key decides between two answers to one challenge.
CREATE TABLE passkey_challenge (
    province_code  smallint NOT NULL REFERENCES tenant,
    challenge_hash bytea NOT NULL CHECK (length(challenge_hash) = 32),
    answered_at    timestamptz NOT NULL,
    PRIMARY KEY (province_code, challenge_hash)
);
COMMENT ON TABLE passkey_challenge IS 'scale: reference';

GRANT SELECT, INSERT ON user_passkey, passkey_challenge TO payengine_run;
GRANT UPDATE (sign_count, is_backed_up, name, last_used_at, removed_at) ON user_passkey TO payengine_run;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON passkey_challenge FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
