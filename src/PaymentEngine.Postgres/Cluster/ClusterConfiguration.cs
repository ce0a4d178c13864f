using System.Globalization;

namespace PaymentEngine.Postgres.Cluster;

/// <summary>The server settings of a private cluster. Durable as PostgreSQL ships it; memory and log sized for one program on one machine.</summary>
static class ClusterConfiguration
{
    public const string FileName = "payengine.conf";

    public static string Text(ClusterPlace place)
    {
        // An eighth of the memory, so that the program and the files' cache keep the rest; 128 MB is PostgreSQL's own default, and more than
        // 512 MB gains nothing on a province (a month's rows are 175 MB).
        var memoryMb = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        var sharedMb = Math.Clamp(memoryMb / 8, 128, 512);
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Written by payengine at every start; put your own settings into postgresql.conf below the include.
            # Only this machine, only who may enter the socket folder (mode 0700): no TCP.
            listen_addresses = ''
            port = {ClusterPlace.Port}
            unix_socket_directories = '{place.Sockets.Replace("'", "''", StringComparison.Ordinal)}'
            unix_socket_permissions = 0700
            max_connections = 50
            # A commit is on the disk when it is answered. A payment program has no other setting.
            fsync = on
            synchronous_commit = on
            full_page_writes = on
            wal_level = replica
            # A month of 300,000 people writes about as much log as rows (some 200 MB): it loads without forced checkpoints.
            max_wal_size = 2GB
            min_wal_size = 256MB
            checkpoint_timeout = 15min
            shared_buffers = {sharedMb}MB
            effective_cache_size = {Math.Max(memoryMb / 2, 256)}MB
            # Few connections, each with large sorts; keys are built after the load.
            work_mem = 32MB
            maintenance_work_mem = 256MB
            random_page_cost = 1.1
            # Statements are short or bulk loads: compiling them costs more than it gains. Workers of a parallel plan would take the cores
            # that the program computes on, and need more shared memory than a container often has.
            jit = off
            max_parallel_workers_per_gather = 0
            # A frozen client must not hold its rows for ever.
            idle_in_transaction_session_timeout = 15min
            timezone = 'UTC'
            log_timezone = 'UTC'
            # Statements and values of rows hold personal data; they have no place in a log.
            log_min_error_statement = panic
            log_error_verbosity = terse

            """);
    }
}
