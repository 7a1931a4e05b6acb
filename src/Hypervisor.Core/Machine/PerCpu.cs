using System;

namespace Lamina.Core;

/// <summary>Things of which each physical CPU has one, found by the CPU. Filled at boot, by one CPU after the other; then only read.</summary>
/// <typeparam name="T">What each has.</typeparam>
public sealed class PerCpu<T> where T : class
{
    private T?[] _things = new T?[1];

    /// <summary>That of a CPU, which was added.</summary>
    public T this[Cpu cpu] => _things[cpu.Index]!;

    /// <summary>Adds that of a CPU.</summary>
    public void Add(Cpu cpu, T thing)
    {
        if (cpu.Index >= _things.Length) Array.Resize(ref _things, cpu.Index + 1);
        _things[cpu.Index] = thing;
    }
}
