using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Core;

namespace Lamina.Host.Tests;

public sealed class SharedHypervisorMemoryTests : IDisposable
{
    private const ulong Size = 8 << 20;

    private readonly LowMemory _low = new((int)Size);
    private readonly HypervisorMemory _memory;

    public unsafe SharedHypervisorMemoryTests()
    {
        var map = new MemoryMap();
        new Span<byte>(_low.Address, (int)Size).Fill(0xCC);
        map.Add((ulong)_low.Address, Size, MemoryKind.Usable);
        map.Normalise();
        _memory = new HypervisorMemory(map, MemoryMap.AddressLimit, 0x20_0000, 0x3000);
    }

    public void Dispose() => _low.Dispose();

    /// <summary>What CPUs take at once is each one's own, is clean, and all of it comes back; the pool grows on the way.</summary>
    [Fact]
    public async Task CpusThatTakeAndGiveBackAtOnceDoNotMeet()
    {
        _memory.TryAttach(PageTable<HostPageFormat>.Create(_memory, 2)!).Should().BeTrue();
        ulong total = _memory.AvailableGuestRam + _memory.OwnBytes;
        Task<string>[] cpus = [.. Enumerable.Range(1, 3).Select(cpu => Task.Factory.StartNew(
            () => TakeAndGiveBack((byte)cpu), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        string[] complaints = await Task.WhenAll(cpus).WaitAsync(TimeSpan.FromSeconds(60));
        complaints.Should().OnlyContain(complaint => complaint == "");
        (_memory.AvailableGuestRam + _memory.OwnBytes).Should().Be(total);
        for (int size = 1; size < 40; size++)
            _memory.TryAllocatePages(size, out _).Should().BeTrue("the books are whole");
    }

    private unsafe string TakeAndGiveBack(byte cpu)
    {
        var random = new Random(cpu);
        var held = new List<HostPages>();
        var extents = new PhysicalExtent[16];
        for (int round = 0; round < 4_000; round++)
        {
            if (_memory.TryAllocatePages(random.Next(1, 20), out HostPages pages))
            {
                var bytes = new Span<byte>(pages.Virtual, pages.Count * 4096);
                if (bytes.IndexOfAnyExcept((byte)0) >= 0)
                    return "pages are not clean";
                bytes.Fill(cpu);
                held.Add(pages);
            }

            int count = _memory.AllocateGuestRam((ulong)random.Next(1, 64) * 4096, extents);
            if (_memory.SpareBytes > Size || _memory.AvailableGuestRam > Size)
                return "there is more than there was";
            while (held.Count > random.Next(8))
            {
                int which = random.Next(held.Count);
                if (new ReadOnlySpan<byte>(held[which].Virtual, held[which].Count * 4096).IndexOfAnyExcept(cpu) >= 0)
                    return "another has written here";
                _memory.FreePages(held[which]);
                held.RemoveAt(which);
            }

            if (count > 0)
                _memory.FreeGuestRam(extents.AsSpan(0, count));
        }

        foreach (HostPages pages in held)
            _memory.FreePages(pages);
        return "";
    }
}
