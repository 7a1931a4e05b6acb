using System;

namespace Lamina.Core;

/// <summary>True random numbers, of the CPU's own generator. There is none on a CPU without one: nothing here ever makes them up.</summary>
public abstract class RandomSource
{
    /// <summary>
    /// Fills as much as the generator gives now, from the beginning. Says how many bytes; fewer, or none, when it runs dry for the moment.
    /// </summary>
    public abstract int Fill(Span<byte> destination);
}
