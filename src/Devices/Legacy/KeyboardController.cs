using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The i8042 keyboard controller with nothing plugged in (IBM PS/2 hardware interface technical reference, "Keyboard and auxiliary device controller"): its
/// self test, its command byte, and its output port, whose bit 0 resets the machine. A byte sent to the keyboard or the mouse ends in a time-out.
/// <para>A20 is only remembered: addresses are never masked, as on today's processors.</para>
/// </summary>
public sealed class KeyboardController : IsaDevice
{
    private const ushort DataPort = 0x60;
    private const ushort CommandPort = 0x64;

    // The status register.
    private const byte OutputFull = 1 << 0;
    private const byte SystemFlag = 1 << 2;
    private const byte LastWasCommand = 1 << 3;
    private const byte NotInhibited = 1 << 4;
    private const byte FromAuxiliary = 1 << 5;
    private const byte TimeOut = 1 << 6;

    // The command byte.
    private const byte KeyboardInterrupt = 1 << 0;
    private const byte AuxiliaryInterrupt = 1 << 1;
    private const byte CommandByteSystemFlag = 1 << 2;
    private const byte KeyboardDisabled = 1 << 4;
    private const byte AuxiliaryDisabled = 1 << 5;
    private const byte Translate = 1 << 6;
    private const byte PowerOnCommandByte = KeyboardDisabled | AuxiliaryDisabled | Translate;

    // The output port.
    private const byte NotReset = 1 << 0;
    private const byte A20 = 1 << 1;
    private const byte OtherOutputs = 0b1100_1100;
    private const byte PowerOnOutputs = OtherOutputs | A20 | NotReset;

    private const byte SelfTestPassed = 0x55;
    private const byte InterfaceGood = 0x00;
    private const byte InterfaceClockStuck = 0x01;
    private const byte Resend = 0xFE;

    private enum Command : byte
    {
        None = 0,
        ReadCommandByte = 0x20,
        WriteCommandByte = 0x60,
        DisableAuxiliary = 0xA7,
        EnableAuxiliary = 0xA8,
        TestAuxiliary = 0xA9,
        SelfTest = 0xAA,
        TestKeyboard = 0xAB,
        DisableKeyboard = 0xAD,
        EnableKeyboard = 0xAE,
        ReadInputs = 0xC0,
        ReadOutputs = 0xD0,
        WriteOutputs = 0xD1,
        WriteKeyboardBuffer = 0xD2,
        WriteAuxiliaryBuffer = 0xD3,
        WriteAuxiliary = 0xD4,
        FirstPulse = 0xF0,
    }

    /// <summary>Keyboard not locked, and what reads as one where nothing is wired.</summary>
    private const byte Inputs = 0b1011_0000;

    private readonly MachineControl _machine;
    private readonly InterruptLine _keyboardLine;
    private readonly InterruptLine _auxiliaryLine;
    private byte _status;
    private byte _commandByte;
    private byte _outputs;
    private byte _buffer;
    private Command _waiting;

    /// <summary>A controller that interrupts by two lines (1 and 12 on a PC) and resets <paramref name="machine"/>.</summary>
    public KeyboardController(MachineControl machine, InterruptLine keyboardLine, InterruptLine auxiliaryLine)
    {
        _machine = machine;
        _keyboardLine = keyboardLine;
        _auxiliaryLine = auxiliaryLine;
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "i8042";

    /// <summary>Registers its ports. False when one is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, DataPort, 1) && ports.TryRegister(this, CommandPort, 1);

    /// <inheritdoc/>
    public override void Reset()
    {
        _status = NotInhibited;
        _commandByte = PowerOnCommandByte;
        _outputs = PowerOnOutputs;
        _buffer = 0;
        _waiting = Command.None;
        Signal();
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port)
    {
        if (port == CommandPort) return _status;
        if (port != DataPort) return byte.MaxValue;
        _status &= unchecked((byte)~(OutputFull | FromAuxiliary | TimeOut));
        Signal();
        return _buffer;
    }

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port == CommandPort)
        {
            _status |= LastWasCommand;
            Execute(value);
        }
        else if (port == DataPort)
        {
            _status &= unchecked((byte)~LastWasCommand);
            TakeData(value);
        }
    }

    private void Execute(byte value)
    {
        var command = (Command)value;
        _waiting = Command.None;
        switch (command)
        {
            case Command.WriteCommandByte or Command.WriteOutputs or Command.WriteKeyboardBuffer or Command.WriteAuxiliaryBuffer or Command.WriteAuxiliary:
                _waiting = command;
                break;
            case Command.ReadCommandByte: Answer(_commandByte); break;
            case Command.DisableAuxiliary: SetCommandByte((byte)(_commandByte | AuxiliaryDisabled)); break;
            case Command.EnableAuxiliary: SetCommandByte((byte)(_commandByte & ~AuxiliaryDisabled)); break;
            case Command.DisableKeyboard: SetCommandByte((byte)(_commandByte | KeyboardDisabled)); break;
            case Command.EnableKeyboard: SetCommandByte((byte)(_commandByte & ~KeyboardDisabled)); break;
            // There is no auxiliary port: its clock line is held low.
            case Command.TestAuxiliary: Answer(InterfaceClockStuck); break;
            case Command.TestKeyboard: Answer(InterfaceGood); break;
            case Command.SelfTest:
                SetCommandByte(PowerOnCommandByte | CommandByteSystemFlag);
                Answer(SelfTestPassed);
                break;
            case Command.ReadInputs: Answer(Inputs); break;
            case Command.ReadOutputs: Answer(_outputs); break;
            // The low four bits of the command say which outputs stay as they are; the others go low for 6 µs.
            case >= Command.FirstPulse when (value & NotReset) == 0: _machine.Reset(); break;
        }
    }

    private void TakeData(byte value)
    {
        var command = _waiting;
        _waiting = Command.None;
        switch (command)
        {
            case Command.WriteCommandByte: SetCommandByte(value); break;
            case Command.WriteOutputs:
                _outputs = (byte)(value | NotReset);
                if ((value & NotReset) == 0) _machine.Reset();
                break;
            case Command.WriteKeyboardBuffer: Answer(value); break;
            case Command.WriteAuxiliaryBuffer: Answer(value, FromAuxiliary); break;
            case Command.WriteAuxiliary: Answer(Resend, FromAuxiliary | TimeOut); break;
            // For the keyboard, which is not there.
            default: Answer(Resend, TimeOut); break;
        }
    }

    private void SetCommandByte(byte value)
    {
        _commandByte = value;
        _status = (byte)(_status & ~SystemFlag | value & CommandByteSystemFlag);
        Signal();
    }

    private void Answer(byte value, byte flags = 0)
    {
        _buffer = value;
        _status = (byte)(_status & ~(FromAuxiliary | TimeOut) | OutputFull | flags);
        Signal();
    }

    private void Signal()
    {
        bool full = (_status & OutputFull) != 0, auxiliary = (_status & FromAuxiliary) != 0;
        _keyboardLine.Set(full && !auxiliary && (_commandByte & KeyboardInterrupt) != 0);
        _auxiliaryLine.Set(full && auxiliary && (_commandByte & AuxiliaryInterrupt) != 0);
    }
}
