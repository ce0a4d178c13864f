using NodaTime;

namespace PaymentEngine.Postgres.Users;

/// <summary>An authenticator app of a user. The secret is cipher text.</summary>
public sealed record StoredAuthenticator(int FactorNo, short SecretKey, byte[] SecretCipher, Instant MadeAt, Instant? ConfirmedAt, long LastStep);

/// <summary>Authenticator apps of users, one live each.</summary>
public static class SecondFactorStore
{
    const string FindLive = """
        -- SecondFactorStore.FindLive
        SELECT factor_no, secret_key, secret_cipher, made_at, confirmed_at, last_step
          FROM user_totp WHERE province_code = @provinceCode AND user_name = @userName AND confirmed_at IS NOT NULL AND ended_at IS NULL;
        """;

    const string FindPending = """
        -- SecondFactorStore.FindPending: the one made last, not yet confirmed.
        SELECT factor_no, secret_key, secret_cipher, made_at, confirmed_at, last_step
          FROM user_totp WHERE province_code = @provinceCode AND user_name = @userName AND confirmed_at IS NULL AND ended_at IS NULL
         ORDER BY factor_no DESC LIMIT 1;
        """;

    const string Insert = """
        -- SecondFactorStore.Insert: what was begun before and never confirmed ends.
        UPDATE user_totp SET ended_at = @at WHERE province_code = @provinceCode AND user_name = @userName AND confirmed_at IS NULL AND ended_at IS NULL;
        INSERT INTO user_totp (province_code, user_name, factor_no, secret_key, secret_cipher, made_at)
        SELECT @provinceCode, @userName, coalesce(max(factor_no), 0) + 1, @key, @cipher, @at FROM user_totp WHERE province_code = @provinceCode AND user_name = @userName;
        """;

    const string Confirm = """
        -- SecondFactorStore.Confirm
        UPDATE user_totp SET ended_at = @at WHERE province_code = @provinceCode AND user_name = @userName AND factor_no <> @factorNo AND ended_at IS NULL;
        UPDATE user_totp SET confirmed_at = @at, last_step = @step WHERE province_code = @provinceCode AND user_name = @userName AND factor_no = @factorNo AND confirmed_at IS NULL AND ended_at IS NULL;
        """;

    // Of two who show one code at the same moment one finds the row already there.
    const string Use = """
        -- SecondFactorStore.Use
        UPDATE user_totp SET last_step = @step WHERE province_code = @provinceCode AND user_name = @userName AND factor_no = @factorNo AND ended_at IS NULL AND last_step < @step;
        """;

    const string End = """
        -- SecondFactorStore.End
        UPDATE user_totp SET ended_at = @at WHERE province_code = @provinceCode AND user_name = @userName AND ended_at IS NULL;
        """;

    /// <summary>The confirmed one, or null.</summary>
    public static Task<StoredAuthenticator?> FindLiveAsync(DatabaseSession session, short provinceCode, string userName, CancellationToken cancel) =>
        session.FindAsync<StoredAuthenticator>(FindLive, new { provinceCode, userName }, cancel);

    /// <summary>One that was begun and waits for its first code, or null.</summary>
    public static Task<StoredAuthenticator?> FindPendingAsync(DatabaseSession session, short provinceCode, string userName, CancellationToken cancel) =>
        session.FindAsync<StoredAuthenticator>(FindPending, new { provinceCode, userName }, cancel);

    /// <summary>Keeps a new secret, not yet confirmed.</summary>
    public static Task InsertAsync(DatabaseSession session, short provinceCode, string userName, short key, byte[] cipher, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new { provinceCode, userName, key, cipher, at }, cancel);

    /// <summary>The first right code makes it the live one and ends the one before.</summary>
    public static Task ConfirmAsync(DatabaseSession session, short provinceCode, string userName, int factorNo, long step, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(Confirm, new { provinceCode, userName, factorNo, step, at }, cancel);

    /// <summary>Uses a code up. False: it, or a later one, was used before.</summary>
    public static async Task<bool> UseAsync(DatabaseSession session, short provinceCode, string userName, int factorNo, long step, CancellationToken cancel) =>
        await session.ExecuteAsync(Use, new { provinceCode, userName, factorNo, step }, cancel) == 1;

    /// <summary>Ends all of a user's (recovery).</summary>
    public static Task EndAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(End, new { provinceCode, userName, at }, cancel);
}
