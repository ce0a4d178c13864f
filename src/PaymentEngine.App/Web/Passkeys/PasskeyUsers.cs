using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Users;

namespace PaymentEngine.App.Web.Passkeys;

/// <summary>A user as the framework's passkey handler sees one: the user name is the user handle.</summary>
sealed record PasskeyUser(string UserName);

/// <summary>Our tables as the framework's passkey handler asks for them. It only reads: what a ceremony ends with is written by <see cref="PasskeyCeremonies"/>, in one transaction with its operation.</summary>
sealed class PasskeyUsers(Database database, short provinceCode) : IUserPasskeyStore<PasskeyUser>
{
    /// <summary>The framework's door to this store.</summary>
    public static UserManager<PasskeyUser> Manager(PasskeyUsers store) => new(store, Options.Create(new IdentityOptions()), new PasswordHasher<PasskeyUser>(), [], [], new UpperInvariantLookupNormalizer(),
        new IdentityErrorDescriber(), new Nothing(), NullLogger<UserManager<PasskeyUser>>.Instance);

    public static UserPasskeyInfo InfoOf(StoredPasskey stored) => new(stored.CredentialId, stored.PublicKey, stored.MadeAt.ToDateTimeOffset(), checked((uint)stored.SignCount), stored.Transports,
        stored.IsUserVerified, stored.IsBackupEligible, stored.IsBackedUp, stored.AttestationObject, stored.ClientData) { Name = stored.Name };

    public Task<PasskeyUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) => Task.FromResult<PasskeyUser?>(new PasskeyUser(userId));

    public Task<PasskeyUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task<string> GetUserIdAsync(PasskeyUser user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);

    public Task<string?> GetUserNameAsync(PasskeyUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserName);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyUser user, CancellationToken cancellationToken)
    {
        await using var session = await database.RunAsync(cancellationToken);
        return [.. (await PasskeyStore.OfUserAsync(session, provinceCode, user.UserName, cancellationToken)).Select(InfoOf)];
    }

    public async Task<PasskeyUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var session = await database.RunAsync(cancellationToken);
        return await PasskeyStore.OwnerAsync(session, provinceCode, credentialId, cancellationToken) is { } owner ? new PasskeyUser(owner) : null;
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyUser user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await GetPasskeysAsync(user, cancellationToken)).FirstOrDefault(one => one.CredentialId.AsSpan().SequenceEqual(credentialId));

    public Task<string?> GetNormalizedUserNameAsync(PasskeyUser user, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task SetUserNameAsync(PasskeyUser user, string? userName, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task SetNormalizedUserNameAsync(PasskeyUser user, string? normalizedName, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task<IdentityResult> CreateAsync(PasskeyUser user, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task<IdentityResult> UpdateAsync(PasskeyUser user, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task<IdentityResult> DeleteAsync(PasskeyUser user, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task AddOrUpdatePasskeyAsync(PasskeyUser user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task RemovePasskeyAsync(PasskeyUser user, byte[] credentialId, CancellationToken cancellationToken) => throw ReadsOnly();

    public void Dispose()
    {
    }

    /// <summary>The manager asks for nothing that passkeys need.</summary>
    sealed class Nothing : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    static NotSupportedException ReadsOnly() => new("The passkey handler reads; users and passkeys are written by the operations.");
}
