using System.Linq;
using Lamina.Core;

namespace Lamina.Core.Tests;

public class BusTests
{
    private sealed class Plain(string name) : Device
    {
        public override string Name => name;
        public override void Reset() { }
    }

    [Fact]
    public void Every_port_leads_to_its_device_and_to_no_other()
    {
        var bus = new PortBus();
        var uart = new Plain("uart");
        var pic = new Plain("pic");
        bus.TryRegister(uart, 0x3F8, 8).Should().BeTrue();
        bus.TryRegister(pic, 0x20, 2).Should().BeTrue();
        bus.TryRegister(pic, 0xA0, 2).Should().BeTrue();
        bus.TryRegister(uart, 0x2FF, 2).Should().BeTrue("a range may cross a page of the table");

        for (int port = 0; port <= ushort.MaxValue; port++)
        {
            var expected = port switch
            {
                >= 0x3F8 and <= 0x3FF => uart,
                0x2FF or 0x300 => uart,
                0x20 or 0x21 or 0xA0 or 0xA1 => pic,
                _ => null,
            };
            bus[(ushort)port].Should().BeSameAs(expected);
        }
    }

    [Fact]
    public void A_range_that_is_taken_or_leaves_the_port_space_is_refused_whole()
    {
        var bus = new PortBus();
        bus.TryRegister(new Plain("first"), 0x100, 4).Should().BeTrue();
        bus.TryRegister(new Plain("second"), 0xFE, 4).Should().BeFalse();
        bus[0xFE].Should().BeNull();
        bus.TryRegister(new Plain("third"), 0xFFFF, 2).Should().BeFalse();
        bus[0xFFFF].Should().BeNull();
    }

    [Fact]
    public void A_device_too_many_is_refused()
    {
        var bus = new PortBus();
        Enumerable.Range(0, 63).All(i => bus.TryRegister(new Plain("d"), (ushort)i, 1)).Should().BeTrue();
        bus.TryRegister(new Plain("one more"), 1000, 1).Should().BeFalse();
    }

    [Fact]
    public void Memory_is_found_by_its_range_and_an_access_over_its_edge_is_nobodys()
    {
        var bus = new MemoryBus();
        var ioApic = new Plain("I/O APIC");
        var top = new Plain("top");
        bus.TryRegister(ioApic, 0xFEC0_0000, 0x1000).Should().BeTrue();
        bus.TryRegister(top, ulong.MaxValue - 0xFFF, 0x1000).Should().BeTrue();
        bus.TryRegister(new Plain("over"), 0xFEC0_0FFF, 1).Should().BeFalse();
        bus.TryRegister(new Plain("wraps"), ulong.MaxValue, 2).Should().BeFalse();

        bus.Find(0xFEC0_0010, 4, out ulong offset).Should().BeSameAs(ioApic);
        offset.Should().Be(0x10);
        bus.Find(0xFEC0_0FFC, 4, out _).Should().BeSameAs(ioApic);
        bus.Find(0xFEC0_0FFD, 4, out _).Should().BeNull();
        bus.Find(0xFEBF_FFFF, 1, out _).Should().BeNull();
        bus.Find(ulong.MaxValue, 1, out offset).Should().BeSameAs(top);
        bus.Find(ulong.MaxValue, 2, out _).Should().BeNull();
    }
}
