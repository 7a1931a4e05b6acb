using Lamina.Core;

namespace Lamina.Devices.Tests.Legacy;

public class BoardPortTests
{
    private readonly RecordingControl _machine = new();

    [Theory]
    [InlineData(new byte[] { 0x02, 0x06 }, 1)]
    [InlineData(new byte[] { 0x0A, 0x0E }, 1)]
    [InlineData(new byte[] { 0x06 }, 1)]
    [InlineData(new byte[] { 0x06, 0x06 }, 1)]
    [InlineData(new byte[] { 0x00, 0x02, 0x0A }, 0)]
    public void Reset_control_resets_when_bit_2_rises(byte[] writes, int resets)
    {
        var control = new ResetControl(_machine);
        foreach (byte value in writes) control.WritePort(0xCF9, 1, value);
        _machine.Resets.Should().Be(resets);
        control.ReadPort(0xCF9, 1).Should().Be(writes[^1]);
    }

    [Fact]
    public void Port_92_resets_when_bit_0_rises_and_keeps_A20()
    {
        var port = new FastResetPort(_machine);
        port.Reset();
        port.ReadPort(0x92, 1).Should().Be(0x02);
        port.WritePort(0x92, 1, 0x00);
        port.ReadPort(0x92, 1).Should().Be(0x00);
        _machine.Resets.Should().Be(0);
        port.WritePort(0x92, 1, 0x03);
        port.WritePort(0x92, 1, 0x03);
        _machine.Resets.Should().Be(1);
    }

    [Fact]
    public void The_diagnostic_port_keeps_its_byte()
    {
        var ports = new DelayPorts();
        ports.WritePort(0x80, 1, 0x5A);
        ports.WritePort(0xED, 1, 0x11);
        ports.DiagnosticCode.Should().Be(0x5A);
        ports.ReadPort(0x80, 1).Should().Be(0x5A);
        ports.ReadPort(0xED, 1).Should().Be(0xFF);
    }

    [Fact]
    public void A_wide_access_is_split_and_does_not_reach_a_neighbour()
    {
        var ports = new DelayPorts();
        ports.WritePort(0x80, 4, 0x44332211);
        ports.ReadPort(0x80, 4).Should().Be(0xFFFF_FF11);
    }
}
