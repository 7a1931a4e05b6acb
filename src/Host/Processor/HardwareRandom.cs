using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// RDSEED and RDRAND (Intel SDM vol. 1, 7.3.17; AMD APM vol. 3). RDSEED is asked first where there is one, as what it gives is entropy itself; where it has none at the moment,
/// RDRAND, which such entropy seeds, stands in.
/// </summary>
public sealed class HardwareRandom : RandomSource
{
    /// <summary>How often an instruction is tried: Intel says that ten failures of RDRAND in a row mean a broken generator (SDM vol. 1, 7.3.17.1).</summary>
    private const int MostTries = 10;

    private readonly bool _hasSeed;
    private readonly bool _hasRandom;

    private HardwareRandom(bool hasSeed, bool hasRandom)
    {
        _hasSeed = hasSeed;
        _hasRandom = hasRandom;
    }

    /// <summary>What this CPU has: "RDSEED and RDRAND".</summary>
    public string Description => _hasSeed ? _hasRandom ? "RDSEED and RDRAND" : "RDSEED" : "RDRAND";

    /// <summary>The CPU's generator, or null when it has none, or one that gives nothing.</summary>
    public static HardwareRandom? TryFind(ProcessorFeatures features)
    {
        if (!features.HasRandomSeed && !features.HasRandom) return null;
        var found = new HardwareRandom(features.HasRandomSeed, features.HasRandom);
        return found.TryRead(out _) ? found : null;
    }

    /// <inheritdoc/>
    public override int Fill(Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && TryRead(out ulong value))
        {
            var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in value));
            int count = Math.Min(bytes.Length, destination.Length - done);
            bytes[..count].CopyTo(destination[done..]);
            done += count;
        }
        return done;
    }

    private bool TryRead(out ulong value)
    {
        for (int i = 0; i < MostTries; i++)
        {
            if (_hasSeed && Instructions.TryReadSeed(out value) && IsCredible(value)) return true;
            if (_hasRandom && Instructions.TryReadRandom(out value) && IsCredible(value)) return true;
        }
        value = 0;
        return false;
    }

    /// <summary>Some AMD CPUs give all ones, as a success, after their generator has failed (AMD product bulletin on RDRAND after resume): such a number is not taken.</summary>
    private static bool IsCredible(ulong value) => value != ulong.MaxValue;
}
