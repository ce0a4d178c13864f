using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Web.Api;

/// <summary>A request that holds its key until it is answered.</summary>
/// <param name="Session">Keeps the lock.</param>
/// <param name="Caller">Whose key it is.</param>
/// <param name="Key">As sent.</param>
/// <param name="Job">By which its work is looked up.</param>
sealed record HeldKey(DatabaseSession Session, Caller Caller, string Key, string Job);

/// <summary>What became of a key: held now, answered before (and by which job), or refused (by which job, while that one goes on).</summary>
sealed record KeyTaken(HeldKey? Held, ApiOutcome? Before, string? Job, Problem? Refused);

/// <summary>The same request twice is done once (<c>Idempotency-Key</c>): the same key with the same content is answered alike, with other content refused, and while the first is being worked on told to wait.</summary>
/// <remarks>Operations are safe to repeat by themselves (each has a key of its own in its transaction); this keeps the answer. Between an operation's commit and the keeping of its answer a crash can fall: the
/// repetition then does the command again, which finds that it was done. Refusals for want of a session, a proof or a right, and faults, are not kept: the same request is tried anew.</remarks>
sealed class ApiRepeats(Database database, IClock clock, IDataProtectionProvider protection)
{
    public const string Header = "Idempotency-Key";

    const int KeyMax = 128;

    /// <summary>How long a key is known.</summary>
    public static readonly Duration KnownFor = Duration.FromDays(30);

    readonly IDataProtector seal = protection.CreateProtector("payengine.api.answer");

    /// <summary>The key of a request.</summary>
    /// <returns><c>usage.idempotency_key</c></returns>
    public static Result<string> KeyOf(HttpContext http) => http.Request.Headers[Header] is [{ Length: > 0 and <= KeyMax } key] && key.All(one => one is > ' ' and <= '~') ? key
        : new Problem("usage.idempotency_key", $"The request has no {Header}, or one that is longer than {KeyMax} characters or holds others than visible ASCII.", $"Send {Header} with a value of your own for each thing to be done, for example a UUID; send the same again when you repeat it.");

    /// <summary>Takes the key.</summary>
    public async Task<KeyTaken> TakeAsync(Caller caller, string key, byte[] requestHash, CancellationToken cancel)
    {
        var session = await database.RunAsync(cancel);
        try
        {
            if (!await ApiRequestStore.TryHoldAsync(session, caller.ProvinceCode, caller.UserName, key, cancel))
            {
                var running = await ApiRequestStore.FindAsync(session, caller.ProvinceCode, caller.UserName, key, cancel);
                await session.DisposeAsync();
                return running is not null && !Same(running, requestHash) ? new(null, null, null, Reused)
                    : new(null, null, running?.Job, new Problem("request.in_progress", "The same request is being worked on.", "Wait the seconds of Retry-After and send it again: it is answered like the first."));
            }

            var now = clock.GetCurrentInstant();
            var stored = await ApiRequestStore.BeginAsync(session, caller.ProvinceCode, caller.UserName, key, requestHash, ApiJobs.NewId(), now, now - KnownFor, cancel);
            var held = new HeldKey(session, caller, key, stored.Job);
            if (!Same(stored, requestHash))
            {
                await LetGoAsync(held);
                return new(null, null, null, Reused);
            }

            if (Open(stored) is not { } before) return new(held, null, null, null);
            await LetGoAsync(held);
            return new(null, before, stored.Job, null);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Keeps the answer of what is final, and gives the key back.</summary>
    public async Task EndAsync(HeldKey held, ApiOutcome outcome)
    {
        try
        {
            if (IsKept(outcome.Status))
            {
                var text = JsonText.Write(new { status = outcome.Status, answer = outcome.Json, problems = outcome.Problems.Select(one => new { one.Code, one.Message, one.Remedy, one.At }) });
                await ApiRequestStore.EndAsync(held.Session, held.Caller.ProvinceCode, held.Caller.UserName, held.Key, outcome.Status, seal.Protect(Encoding.UTF8.GetBytes(text)), CancellationToken.None);
            }
        }
        finally
        {
            await LetGoAsync(held);
        }
    }

    /// <summary>Gives the key back unanswered.</summary>
    public static async Task LetGoAsync(HeldKey held)
    {
        await using (held.Session) await ApiRequestStore.LetGoAsync(held.Session, held.Caller.ProvinceCode, held.Caller.UserName, held.Key);
    }

    /// <summary>The answer of a job that this process does not know any more; null: there was none. An outcome of null: begun, and not answered.</summary>
    public async Task<(bool IsKnown, ApiOutcome? Outcome)> FindJobAsync(Caller caller, string job, CancellationToken cancel)
    {
        await using var session = await database.RunAsync(cancel);
        var stored = await ApiRequestStore.FindJobAsync(session, caller.ProvinceCode, caller.UserName, job, cancel);
        return (stored is not null, stored is null ? null : Open(stored));
    }

    static bool IsKept(int status) => status is < 500 and not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests);

    static bool Same(StoredApiRequest stored, byte[] requestHash) => CryptographicOperations.FixedTimeEquals(stored.RequestHash, requestHash);

    static Problem Reused => new("request.key_reused", $"This {Header} was used for another request.", "Send what was sent under it, or use a new key for something new.");

    ApiOutcome? Open(StoredApiRequest stored)
    {
        if (stored is not { Status: { } status, Answer: { } answer }) return null;
        try
        {
            var opened = JsonNode.Parse(seal.Unprotect(answer))!;
            var problems = opened["problems"]!.AsArray().Select(one => new Problem((string)one!["code"]!, (string)one["message"]!, (string)one["remedy"]!, one["at"] is { } at ? new SourceLocation((string?)at["file"], (int?)at["line"], (string?)at["column"], (string?)at["field"]) : null));
            return new ApiOutcome(status, opened["answer"]?.DeepClone(), [.. problems], []);
        }
        catch (CryptographicException)
        {
            // Sealed by keys that are gone: done again, which finds that it was done.
            return null;
        }
    }
}
