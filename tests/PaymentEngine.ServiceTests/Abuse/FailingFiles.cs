using PaymentEngine.App.Files;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>What a disk does when it is full, and what a program does when the power goes.</summary>
sealed class PowerCutException : Exception;

/// <summary>A disk on which the n-th action and all after it do not happen: the power is gone, or nothing more can be written.</summary>
/// <param name="disk">The disk below.</param>
/// <param name="failAt">The first action that fails, from 1.</param>
/// <param name="full">Only what needs room fails: opening a new file and writing; otherwise everything does, as for a program that is dead.</param>
sealed class FailingFiles(IFiles disk, int failAt, bool full) : IFiles
{
    int done;

    /// <summary>It came to the failing action.</summary>
    public bool Failed { get; private set; }

    void Count(bool needsRoom)
    {
        if (full && !needsRoom) return;
        if (++done < failAt) return;
        Failed = true;
        throw full ? new IOException("No space left on device") : new PowerCutException();
    }

    public bool Exists(string path) => disk.Exists(path);

    public IReadOnlyList<string> List(string folder) => disk.List(folder);

    public long Size(string path) => disk.Size(path);

    public Stream Read(string path) => disk.Read(path);

    public Stream Create(string path)
    {
        Count(true);
        return new CountedWrites(disk.Create(path), this);
    }

    public void MakeFolder(string folder)
    {
        Count(true);
        disk.MakeFolder(folder);
    }

    public void FlushToDisk(Stream created)
    {
        Count(false);
        disk.FlushToDisk(((CountedWrites)created).File);
    }

    public void Rename(string from, string to)
    {
        Count(false);
        disk.Rename(from, to);
    }

    public void FlushFolder(string folder)
    {
        Count(false);
        disk.FlushFolder(folder);
    }

    public void Delete(string path)
    {
        Count(false);
        disk.Delete(path);
    }

    public void AppendLine(string path, Func<string?, string?> line)
    {
        Count(true);
        disk.AppendLine(path, line);
    }

    sealed class CountedWrites(Stream file, FailingFiles owner) : Stream
    {
        public Stream File => file;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => throw new NotSupportedException("Written from beginning to end."); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                owner.Count(true);
            }
            catch (IOException)
            {
                // A full disk takes what still fits.
                file.Write(buffer[..(buffer.Length / 2)]);
                throw;
            }

            file.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer.AsSpan(offset, count));
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("For writing.");

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("For writing.");

        public override void SetLength(long value) => throw new NotSupportedException("For writing.");

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
