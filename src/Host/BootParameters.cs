using System;

namespace Lamina.Host;

/// <summary>
/// The boot parameters: words of <c>key=value</c> between blanks or line ends, from <c>\lamina\boot.conf</c> or the multiboot command line.
/// A line that begins with # is a remark. What is not known, or has an impossible value, is kept for a warning.
/// <list type="table">
/// <item><term>log=debug|info|warning|error</term><description>how much the hypervisor says</description></item>
/// <item><term>serial=PORT|none</term><description>I/O port of the serial port; 0x3F8 if not said</description></item>
/// <item><term>debug-exit=PORT</term><description>an emulator's port that ends it (QEMU: isa-debug-exit, usually 0xF4)</description></item>
/// <item><term>bochs-shutdown=1</term><description>the machine is Bochs: port 0x8900 ends it</description></item>
/// <item><term>offer-interrupts=1</term><description>guests are offered their interrupts instead of injecting them (AMD-V), for QEMU that counts instructions for time or whose CPUs take turns in one thread (docs/caveats.md)</description></item>
/// <item><term>virtual-interrupts=0</term><description>the hypervisor delivers guests' interrupts also where the CPU could (VT-x), for Bochs, which does it wrong (docs/caveats.md)</description></item>
/// <item><term>console=NAME[,bare]</term><description>the VM that has the keyboard at first; bare shows it alone, escape sequences and all</description></item>
/// <item><term>plant=DEVICE:VM[:FAULT]</term><description>that device of that VM (or "dispatcher") faults when it is next used, for the tests of contained
/// faults; FAULT as for test=</description></item>
/// <item><term>one-cpu=1</term><description>VMs live on the first CPU alone, whatever else the machine has</description></item>
/// <item><term>smt=1</term><description>VMs live on all threads of a core, not on the first alone: what runs on two of them may find out something of one another</description></item>
/// <item><term>test=NAME</term><description>a fault to provoke, for the tests of the panic</description></item>
/// </list>
/// </summary>
public sealed class BootParameters
{
    /// <summary>The port of a PC's first serial port.</summary>
    public const ushort FirstSerialPort = 0x3F8;

    private const int MaximumUnknownWords = 8;

    private readonly byte[] _text;
    private readonly int[] _unknownStart = new int[MaximumUnknownWords];
    private readonly int[] _unknownLength = new int[MaximumUnknownWords];
    private int _consoleStart;
    private int _consoleLength;
    private int _testStart;
    private int _testLength;
    private int _plantStart;
    private int _plantLength;

    /// <summary>Reads the parameters.</summary>
    /// <param name="text">All of them, as they were written.</param>
    /// <param name="startsWithFileName">
    /// Whether a first word that is no parameter is the image's own file name, as some multiboot loaders put it, and not to be warned of.
    /// </param>
    public BootParameters(ReadOnlySpan<byte> text, bool startsWithFileName)
    {
        _text = text.ToArray();
        int at = 0;
        bool first = true;
        while (at < text.Length)
        {
            if (IsBlank(text[at]))
            {
                at++;
                continue;
            }

            int start = at;
            bool remark = text[at] == '#' && (at == 0 || text[at - 1] is (byte)'\n' or (byte)'\r');
            while (at < text.Length && (remark ? text[at] != '\n' : !IsBlank(text[at])))
                at++;
            if (remark)
                continue;
            if (!Take(start, at - start) && !(first && startsWithFileName))
                AddUnknown(start, at - start);
            first = false;
        }
    }

    /// <summary>How much the hypervisor says.</summary>
    public LogLevel LogLevel { get; private set; } = LogLevel.Info;

    /// <summary>I/O port of the serial port; 0 for none.</summary>
    public ushort SerialPort { get; private set; } = FirstSerialPort;

    /// <summary>The emulator's port that ends it; 0 when there is none, and it is not to be touched.</summary>
    public ushort DebugExitPort { get; private set; }

    /// <summary>Whether the emulator is Bochs, whose port 0x8900 ends it.</summary>
    public bool HasBochsShutdown { get; private set; }

    /// <summary>Whether guests under AMD-V are offered their interrupts instead of injecting them, as QEMU needs that counts instructions for time or whose CPUs take turns in one thread.</summary>
    public bool OffersInterrupts { get; private set; }

    /// <summary>Whether a CPU that can deliver guests' interrupts by itself does so.</summary>
    public bool UsesVirtualInterrupts { get; private set; } = true;

    /// <summary>Whether the VM <see cref="Console"/> is shown alone, its bytes as they are.</summary>
    public bool ConsoleIsBare { get; private set; }

    /// <summary>Name of the VM that gets what is typed; empty for the first one.</summary>
    public ReadOnlySpan<byte> Console => new(_text, _consoleStart, _consoleLength);

    /// <summary>Name of the fault to provoke; empty for none.</summary>
    public ReadOnlySpan<byte> Test => new(_text, _testStart, _testLength);

    /// <summary>Whether a fault is planted in some VM.</summary>
    public bool HasPlant => _plantLength != 0;

    /// <summary>Name of the device in which a fault is planted.</summary>
    public ReadOnlySpan<byte> PlantDevice => PlantPart(0);

    /// <summary>Name of the VM whose device that is.</summary>
    public ReadOnlySpan<byte> PlantVm => PlantPart(1);

    /// <summary>Which fault is planted.</summary>
    public ReadOnlySpan<byte> PlantKind => PlantPart(2).Length != 0 ? PlantPart(2) : "null"u8;

    /// <summary>Whether VMs live on the first CPU alone, whatever else the machine has.</summary>
    public bool UsesOneCpu { get; private set; }

    /// <summary>Whether VMs live on all threads of a core.</summary>
    public bool UsesAllThreads { get; private set; }

    /// <summary>How many words could not be used; only the first few are kept.</summary>
    public int UnknownWordCount { get; private set; }

    /// <summary>A word that could not be used.</summary>
    public ReadOnlySpan<byte> UnknownWord(int index) => new(_text, _unknownStart[index], _unknownLength[index]);

    private static bool IsBlank(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private bool Take(int start, int length)
    {
        ReadOnlySpan<byte> word = _text.AsSpan(start, length);
        int equals = word.IndexOf((byte)'=');
        if (equals < 0)
            return false;
        ReadOnlySpan<byte> key = word[..equals];
        ReadOnlySpan<byte> value = word[(equals + 1)..];
        int valueStart = start + equals + 1;

        if (key.SequenceEqual("log"u8))
            return TakeLevel(value);
        if (key.SequenceEqual("serial"u8))
            return value.SequenceEqual("none"u8) ? Accept(SerialPort = 0) : TryReadPort(value, out ushort serial) && Accept(SerialPort = serial);
        if (key.SequenceEqual("debug-exit"u8))
            return TryReadPort(value, out ushort exit) && Accept(DebugExitPort = exit);
        if (key.SequenceEqual("bochs-shutdown"u8))
            return HasBochsShutdown = value.SequenceEqual("1"u8);
        if (key.SequenceEqual("offer-interrupts"u8))
            return OffersInterrupts = value.SequenceEqual("1"u8);
        if (key.SequenceEqual("virtual-interrupts"u8))
            return !(UsesVirtualInterrupts = !value.SequenceEqual("0"u8));
        if (key.SequenceEqual("one-cpu"u8))
            return UsesOneCpu = value.SequenceEqual("1"u8);
        if (key.SequenceEqual("smt"u8))
            return UsesAllThreads = value.SequenceEqual("1"u8);
        if (key.SequenceEqual("test"u8))
        {
            _testStart = valueStart;
            _testLength = value.Length;
            return true;
        }

        if (key.SequenceEqual("plant"u8))
        {
            _plantStart = valueStart;
            _plantLength = value.Length;
            return PlantVm.Length != 0;
        }

        if (!key.SequenceEqual("console"u8))
            return false;
        ReadOnlySpan<byte> bare = ",bare"u8;
        ConsoleIsBare = value.Length >= bare.Length && value[^bare.Length..].SequenceEqual(bare);
        _consoleStart = valueStart;
        _consoleLength = value.Length - (ConsoleIsBare ? bare.Length : 0);
        return true;
    }

    private ReadOnlySpan<byte> PlantPart(int number)
    {
        ReadOnlySpan<byte> rest = _text.AsSpan(_plantStart, _plantLength);
        while (true)
        {
            int colon = rest.IndexOf((byte)':');
            ReadOnlySpan<byte> part = colon < 0 ? rest : rest[..colon];
            if (number-- == 0)
                return part;
            if (colon < 0)
                return default;
            rest = rest[(colon + 1)..];
        }
    }

    private bool TakeLevel(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("debug"u8))
            LogLevel = LogLevel.Debug;
        else if (value.SequenceEqual("info"u8))
            LogLevel = LogLevel.Info;
        else if (value.SequenceEqual("warning"u8))
            LogLevel = LogLevel.Warning;
        else if (value.SequenceEqual("error"u8))
            LogLevel = LogLevel.Error;
        else
            return false;
        return true;
    }

    private static bool Accept(ushort _) => true;

    // Decimal, or hexadecimal after 0x; 1 to 65535.
    private static bool TryReadPort(ReadOnlySpan<byte> text, out ushort port)
    {
        bool hexadecimal = text.Length > 2 && text[0] == '0' && text[1] is (byte)'x' or (byte)'X';
        uint radix = hexadecimal ? 16u : 10u;
        uint value = 0;
        port = 0;
        for (int i = hexadecimal ? 2 : 0; i < text.Length; i++)
        {
            uint digit = text[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => (uint)text[i] - '0',
                >= (byte)'a' and <= (byte)'f' => (uint)text[i] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => (uint)text[i] - 'A' + 10,
                _ => uint.MaxValue,
            };
            if (digit >= radix)
                return false;
            value = (value * radix) + digit;
            if (value > ushort.MaxValue)
                return false;
        }

        port = (ushort)value;
        return value != 0;
    }

    private void AddUnknown(int start, int length)
    {
        if (UnknownWordCount == MaximumUnknownWords)
            return;
        _unknownStart[UnknownWordCount] = start;
        _unknownLength[UnknownWordCount++] = length;
    }
}
