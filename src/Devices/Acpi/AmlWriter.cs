using System;
using System.Buffers.Binary;

namespace Lamina.Devices;

/// <summary>
/// Writes AML, the byte code of ACPI's definition blocks (ACPI 6.5, chapter 20), and resource templates (6.4). As much of both as a VM's DSDT needs. Used when a VM is
/// built; the buffer must be large enough.
/// </summary>
internal ref struct AmlWriter(Span<byte> buffer)
{
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte NameOp = 0x08;
    private const byte BytePrefix = 0x0A;
    private const byte WordPrefix = 0x0B;
    private const byte DWordPrefix = 0x0C;
    private const byte ScopeOp = 0x10;
    private const byte BufferOp = 0x11;
    private const byte PackageOp = 0x12;
    private const byte ExtendedPrefix = 0x5B;
    private const byte DeviceOp = 0x82;
    private const byte PaddingChar = (byte)'_';
    private const int NameLength = 4;

    // PkgLength (20.2.4): one byte up to 63; else the low four bits, and up to three bytes more.
    private const int OneByteMost = 0x3F;
    private const int LeadBits = 4;
    private const int LeadMask = 0xF;
    private const int FollowingShift = 6;
    private const int BitsPerByte = 8;

    // Resource descriptors (6.4.2, 6.4.3).
    private const byte IrqDescriptor = 0x22;
    private const byte IoDescriptor = 0x47;
    private const byte IoDecode16 = 1;
    private const byte EndDescriptor = 0x79;
    private const byte FixedMemoryDescriptor = 0x86;
    private const byte DWordSpaceDescriptor = 0x87;
    private const byte WordSpaceDescriptor = 0x88;
    private const byte MemorySpace = 0;
    private const byte IoSpace = 1;
    private const byte BusNumberSpace = 2;
    private const byte FixedMinimumAndMaximum = 0b1100;
    private const byte ReadWriteMemory = 1;
    private const byte EntireIoRange = 3;
    private const int SpaceHeader = 3;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>How many bytes have been written.</summary>
    public int Length { get; private set; }

    /// <summary>Scope (name). The result is given to <see cref="End"/>.</summary>
    public int BeginScope(scoped ReadOnlySpan<byte> name)
    {
        Byte(ScopeOp);
        int start = Length;
        Name(name);
        return start;
    }

    /// <summary>Device (name). The result is given to <see cref="End"/>.</summary>
    public int BeginDevice(scoped ReadOnlySpan<byte> name)
    {
        Byte(ExtendedPrefix);
        Byte(DeviceOp);
        int start = Length;
        Name(name);
        return start;
    }

    /// <summary>Package of so many elements, which follow. The result is given to <see cref="End"/>.</summary>
    public int BeginPackage(byte elements)
    {
        Byte(PackageOp);
        int start = Length;
        Byte(elements);
        return start;
    }

    /// <summary>Name (name, …): its value follows.</summary>
    public void BeginName(scoped ReadOnlySpan<byte> name)
    {
        Byte(NameOp);
        Name(name);
    }

    /// <summary>Name (name, integer).</summary>
    public void NamedInteger(scoped ReadOnlySpan<byte> name, uint value)
    {
        BeginName(name);
        Integer(value);
    }

    /// <summary>Name (name, EisaId (id)): <paramref name="id"/> is such as PNP0A03 (19.6.37).</summary>
    public void NamedEisaId(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> id)
    {
        uint letters = (uint)(id[0] & 0x1F) << 10 | (uint)(id[1] & 0x1F) << 5 | (uint)(id[2] & 0x1F);
        uint digits = Digit(id[3]) << 12 | Digit(id[4]) << 8 | Digit(id[5]) << 4 | Digit(id[6]);
        NamedInteger(name, BinaryPrimitives.ReverseEndianness(letters << 16 | digits));
    }

    /// <summary>Name (name, string).</summary>
    public void NamedString(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> text)
    {
        const byte StringPrefix = 0x0D;
        BeginName(name);
        Byte(StringPrefix);
        foreach (byte character in text) Byte(character);
        Byte(0);
    }

    /// <summary>An integer, in its shortest form.</summary>
    public void Integer(uint value)
    {
        switch (value)
        {
            case 0: Byte(ZeroOp); break;
            case 1: Byte(OneOp); break;
            case <= byte.MaxValue: Byte(BytePrefix); Byte((byte)value); break;
            case <= ushort.MaxValue: Byte(WordPrefix); Word((ushort)value); break;
            default: Byte(DWordPrefix); DWord(value); break;
        }
    }

    /// <summary>Name (name, ResourceTemplate () {…}): descriptors follow. The result is given to <see cref="EndResources"/>.</summary>
    public int BeginResources(scoped ReadOnlySpan<byte> name)
    {
        BeginName(name);
        Byte(BufferOp);
        int start = Length;
        // The buffer's size, filled in at the end.
        Byte(WordPrefix);
        Word(0);
        return start;
    }

    /// <summary>The end of a resource template.</summary>
    public void EndResources(int start)
    {
        Byte(EndDescriptor);
        // No checksum: 0 is taken as right.
        Byte(0);
        int contents = start + 1 + sizeof(ushort);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[(start + 1)..], (ushort)(Length - contents));
        End(start);
    }

    /// <summary>IO (Decode16, first, first, 1, count).</summary>
    public void Io(ushort first, byte count)
    {
        Byte(IoDescriptor);
        Byte(IoDecode16);
        Word(first);
        Word(first);
        Byte(1);
        Byte(count);
    }

    /// <summary>IRQNoFlags () {line}: an ISA interrupt, edge, active high.</summary>
    public void Irq(int line)
    {
        Byte(IrqDescriptor);
        Word((ushort)(1 << line));
    }

    /// <summary>Memory32Fixed (ReadWrite, first, length).</summary>
    public void FixedMemory(uint first, uint length)
    {
        Byte(FixedMemoryDescriptor);
        Word(1 + 2 * sizeof(uint));
        Byte(ReadWriteMemory);
        DWord(first);
        DWord(length);
    }

    /// <summary>WordBusNumber, a producer of buses first to last.</summary>
    public void BusNumbers(ushort first, ushort last) => WordSpace(BusNumberSpace, 0, first, last);

    /// <summary>WordIO, a producer of ports first to last.</summary>
    public void IoWindow(ushort first, ushort last) => WordSpace(IoSpace, EntireIoRange, first, last);

    /// <summary>DWordMemory, a producer of addresses first to last; not cacheable, read and write.</summary>
    public void MemoryWindow(uint first, uint last)
    {
        Byte(DWordSpaceDescriptor);
        Word(SpaceHeader + 5 * sizeof(uint));
        SpaceFlags(MemorySpace, ReadWriteMemory);
        DWord(0);
        DWord(first);
        DWord(last);
        DWord(0);
        DWord(last - first + 1);
    }

    /// <summary>The end of a scope, device or package: puts its PkgLength in front of what was written since <paramref name="start"/>.</summary>
    public void End(int start)
    {
        int body = Length - start;
        int bytes = 1;
        // It counts itself.
        while (body + bytes > (bytes == 1 ? OneByteMost : (1 << (LeadBits + BitsPerByte * (bytes - 1))) - 1)) bytes++;
        _buffer.Slice(start, body).CopyTo(_buffer[(start + bytes)..]);
        int length = body + bytes;
        if (bytes == 1) _buffer[start] = (byte)length;
        else
        {
            _buffer[start] = (byte)((bytes - 1) << FollowingShift | length & LeadMask);
            for (int i = 1; i < bytes; i++) _buffer[start + i] = (byte)(length >> (LeadBits + BitsPerByte * (i - 1)));
        }
        Length += bytes;
    }

    private void WordSpace(byte type, byte typeFlags, ushort first, ushort last)
    {
        Byte(WordSpaceDescriptor);
        Word(SpaceHeader + 5 * sizeof(ushort));
        SpaceFlags(type, typeFlags);
        Word(0);
        Word(first);
        Word(last);
        Word(0);
        Word((ushort)(last - first + 1));
    }

    private void SpaceFlags(byte type, byte typeFlags)
    {
        Byte(type);
        Byte(FixedMinimumAndMaximum);
        Byte(typeFlags);
    }

    /// <summary>A name of up to four characters, padded; a root prefix may come before it.</summary>
    private void Name(scoped ReadOnlySpan<byte> name)
    {
        const byte RootChar = (byte)'\\';
        if (name[0] == RootChar)
        {
            Byte(RootChar);
            name = name[1..];
        }
        for (int i = 0; i < NameLength; i++) Byte(i < name.Length ? name[i] : PaddingChar);
    }

    private static uint Digit(byte character) => character <= '9' ? (uint)(character - '0') : (uint)(character - 'A' + 10);

    private void Byte(byte value) => _buffer[Length++] = value;

    private void Word(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[Length..], value);
        Length += sizeof(ushort);
    }

    private void DWord(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[Length..], value);
        Length += sizeof(uint);
    }
}
