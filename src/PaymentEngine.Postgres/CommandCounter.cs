using Microsoft.Extensions.Logging;

namespace PaymentEngine.Postgres;

/// <summary>Stands where the driver says what it is about to do, so that no SQL command can pass uncounted, whoever sends it.</summary>
/// <remarks>The driver speaks before each command, batch, COPY and its own COMMIT, and after a commit was answered: a process killed there has lost the answer.</remarks>
sealed class CommandCounter(ActionCounter actions) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The counter passes nothing on.");

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name is "ExecutingCommand" or "ExecutingBatch" or "ExecutingInternalCommand" or "CommittedTransaction"
            or "StartingBinaryImport" or "StartingBinaryExport" or "StartingRawCopy" or "StartingTextImport" or "StartingTextExport") actions.Count();
    }

    public void Dispose()
    {
    }
}
