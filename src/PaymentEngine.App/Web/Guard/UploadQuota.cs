using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Guard;

/// <summary>How much one person or program may bring in a day, so that nobody fills the archive, by mistake or on purpose. Counted by this process, by the length that is announced, before a byte is read (ASVS 5.2.4).</summary>
public sealed class UploadQuota(RequestLimits limits, IClock clock)
{
    static readonly Offset VietNam = Offset.FromHours(7);

    readonly Lock gate = new();
    readonly Dictionary<(short Province, string User), (int Requests, long Bytes)> taken = [];
    LocalDate day;

    /// <summary>Counts a request with files; what is refused is not counted.</summary>
    /// <param name="caller">Who brings it.</param>
    /// <param name="bytes">The announced length; null: it may be as long as a request may be.</param>
    /// <returns>Null, or <c>usage.too_many_files</c>.</returns>
    public Problem? Take(Caller caller, long? bytes)
    {
        lock (gate)
        {
            var today = clock.GetCurrentInstant().WithOffset(VietNam).Date;
            if (day != today)
            {
                taken.Clear();
                day = today;
            }

            var key = (caller.ProvinceCode, caller.UserName);
            var before = taken.GetValueOrDefault(key);
            var after = (Requests: before.Requests + 1, Bytes: before.Bytes + (bytes ?? limits.UploadMax));
            if (after.Requests > limits.UploadsOfDay || after.Bytes > limits.UploadBytesOfDay)
                return new Problem("usage.too_many_files", FormattableString.Invariant($"More than {limits.UploadsOfDay} uploads or {limits.UploadBytesOfDay / (1024 * 1024)} MB in one day."), "Send the rest tomorrow, or have it imported at the command line.");
            taken[key] = after;
            return null;
        }
    }
}
