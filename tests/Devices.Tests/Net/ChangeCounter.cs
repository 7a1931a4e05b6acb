using System.Threading;

namespace Lamina.Devices.Tests.Net;

/// <summary>Counts changes to a wire: odd while one is under way. Written by one thread, read by all.</summary>
internal sealed class ChangeCounter
{
    private int _count;

    public int Read() => Volatile.Read(ref _count);

    public int Next()
    {
        Interlocked.Increment(ref _count);
        return _count;
    }
}
