using System.Threading;

namespace Lamina.Core;

/// <summary>Bits that several CPUs set and one takes.</summary>
internal static class AtomicBits
{
    /// <summary>Any CPU: sets bits, the others staying as they are. A full fence.</summary>
    public static void Set(ref ulong word, ulong bits)
    {
        ulong before = Volatile.Read(ref word);
        while (true)
        {
            ulong found = Interlocked.CompareExchange(ref word, before | bits, before);
            if (found == before) return;
            before = found;
        }
    }

    /// <summary>The one CPU that takes them: all that are set, none of which is set any more. A full fence.</summary>
    public static ulong Take(ref ulong word) => Interlocked.Exchange(ref word, 0);
}
