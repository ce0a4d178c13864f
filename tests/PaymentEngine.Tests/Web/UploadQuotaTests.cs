using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web;
using PaymentEngine.App.Web.Guard;

namespace PaymentEngine.Tests.Web;

/// <summary>Nobody fills the archive alone.</summary>
public class UploadQuotaTests
{
    sealed class Hand : IClock
    {
        public Instant Now { get; set; } = Instant.FromUtc(2026, 11, 22, 1, 0);

        public Instant GetCurrentInstant() => Now;
    }

    static Caller Person(string name) => new(40, name, name, new HashSet<string> { Role.Maker }, null);

    [Fact]
    public void A_person_brings_so_many_files_and_bytes_a_day_and_another_is_not_hindered()
    {
        var clock = new Hand();
        var quota = new UploadQuota(new RequestLimits { UploadsOfDay = 3, UploadBytesOfDay = 1_000, UploadMax = 600 }, clock);
        Assert.Null(quota.Take(Person("lan"), 400));
        Assert.Equal("usage.too_many_files", quota.Take(Person("lan"), 601)?.Code);
        // What was refused is not counted; a length that nobody announced counts as the longest.
        Assert.Null(quota.Take(Person("lan"), null));
        Assert.Equal("usage.too_many_files", quota.Take(Person("lan"), 1)?.Code);
        Assert.Null(quota.Take(Person("minh"), 1));
        Assert.Null(quota.Take(Person("minh"), 1));
        Assert.Null(quota.Take(Person("minh"), 1));
        Assert.Equal("usage.too_many_files", quota.Take(Person("minh"), 1)?.Code);

        // The day is that of Viet Nam: it ends at 17:00 UTC.
        clock.Now = Instant.FromUtc(2026, 11, 22, 16, 59);
        Assert.NotNull(quota.Take(Person("lan"), 1));
        clock.Now = Instant.FromUtc(2026, 11, 22, 17, 0);
        Assert.Null(quota.Take(Person("lan"), 1_000));
    }
}
