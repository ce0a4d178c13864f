using Microsoft.Extensions.Logging;

namespace PaymentEngine.App.Web.Guard;

/// <summary>What the door says of itself, beside the line of each request.</summary>
static partial class DoorLog
{
    [LoggerMessage(10, LogLevel.Error, "The fence closed: {Message} {Remedy}")]
    public static partial void FenceClosed(ILogger log, string message, string remedy);

    [LoggerMessage(12, LogLevel.Error, "Job {Job} failed: {Reference}")]
    public static partial void JobFailed(ILogger log, Exception fault, string job, string reference);

    [LoggerMessage(11, LogLevel.Error, "The head of the audit chain was not exported: {Why}")]
    public static partial void HeadNotExported(ILogger log, string why);
}
