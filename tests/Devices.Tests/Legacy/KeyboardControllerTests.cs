namespace Lamina.Devices.Tests.Legacy;

public class KeyboardControllerTests
{
    private readonly RecordingControl _machine = new();
    private readonly RecordingLines _lines = new();
    private readonly KeyboardController _controller;

    public KeyboardControllerTests() => _controller = new KeyboardController(_machine, _lines[1], _lines[12]);

    private byte Status => (byte)_controller.ReadPort(0x64, 1);

    private byte Data => (byte)_controller.ReadPort(0x60, 1);

    private void Command(byte command) => _controller.WritePort(0x64, 1, command);

    private void Write(byte value) => _controller.WritePort(0x60, 1, value);

    [Fact]
    public void At_power_on_its_buffers_are_empty() => (Status & 0x03).Should().Be(0);

    [Fact]
    public void The_self_test_passes_and_sets_the_system_flag()
    {
        Command(0xAA);
        (Status & 0x0D).Should().Be(0x0D);
        Data.Should().Be(0x55);
        (Status & 0x01).Should().Be(0);
    }

    [Fact]
    public void The_command_byte_can_be_written_and_read()
    {
        Command(0x60);
        Write(0x45);
        Command(0x20);
        Data.Should().Be(0x45);
        Command(0xAD);
        Command(0x20);
        Data.Should().Be(0x55);
        Command(0xAE);
        Command(0xA7);
        Command(0x20);
        Data.Should().Be(0x65);
        Command(0xA8);
        Command(0x20);
        Data.Should().Be(0x45);
    }

    [Fact]
    public void There_is_a_keyboard_port_and_no_auxiliary_port()
    {
        Command(0xAB);
        Data.Should().Be(0);
        Command(0xA9);
        Data.Should().NotBe(0);
    }

    [Fact]
    public void A_byte_for_a_keyboard_that_is_not_there_times_out()
    {
        Write(0xFF);
        (Status & 0x41).Should().Be(0x41);
        Data.Should().Be(0xFE);
        (Status & 0x41).Should().Be(0);
    }

    [Fact]
    public void A_byte_for_a_mouse_that_is_not_there_times_out()
    {
        Command(0xD4);
        Write(0xF2);
        (Status & 0x61).Should().Be(0x61);
        Data.Should().Be(0xFE);
    }

    [Fact]
    public void Bytes_put_into_the_buffer_interrupt_when_enabled()
    {
        Command(0x60);
        Write(0x03);
        Command(0xD2);
        Write(0x1C);
        _lines.IsHigh(1).Should().BeTrue();
        Data.Should().Be(0x1C);
        _lines.IsHigh(1).Should().BeFalse();
        Command(0xD3);
        Write(0x2C);
        _lines.IsHigh(12).Should().BeTrue();
        _lines.IsHigh(1).Should().BeFalse();
        Data.Should().Be(0x2C);
        _lines.IsHigh(12).Should().BeFalse();
    }

    [Theory]
    [InlineData(0xFE, 1)]
    [InlineData(0xF0, 1)]
    [InlineData(0xFF, 0)]
    [InlineData(0xFD, 0)]
    public void A_pulse_of_output_0_resets(byte command, int resets)
    {
        Command(command);
        _machine.Resets.Should().Be(resets);
    }

    [Fact]
    public void The_output_port_resets_by_its_lowest_bit_and_keeps_A20()
    {
        Command(0xD1);
        Write(0xDD);
        Command(0xD0);
        Data.Should().Be(0xDD);
        _machine.Resets.Should().Be(0);
        Command(0xD1);
        Write(0xDE);
        _machine.Resets.Should().Be(1);
    }
}
