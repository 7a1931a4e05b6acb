using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Host.Tests;

public class StackUnwinderTests
{
    private const ulong ImageBase = 0xFFFF_FFFF_8000_0000;
    private const uint Table = 0x100;
    private const uint Info = 0x200;
    private const ulong Stack = 0x1_0000;
    private const ulong Caller = ImageBase + 0x1230;

    private sealed class FakeStack : StackMemory
    {
        public Dictionary<ulong, ulong> Words { get; } = [];

        public override bool TryRead(ulong address, out ulong value) => Words.TryGetValue(address, out value);
    }

    private readonly byte[] _image = new byte[0x2000];
    private readonly FakeStack _stack = new();
    private int _functions;

    // Functions in ascending order: [start, end) with unwind information of its own.
    private void Function(uint start, uint end, uint info, byte flags, byte frame, params byte[] codes)
    {
        Span<byte> entry = _image.AsSpan((int)Table + (12 * _functions++));
        BinaryPrimitives.WriteUInt32LittleEndian(entry, start);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], end);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], info);
        Span<byte> unwind = _image.AsSpan((int)info);
        unwind[0] = (byte)(1 | (flags << 3));
        unwind[1] = 0x20;
        unwind[2] = (byte)(codes.Length / 2);
        unwind[3] = frame;
        codes.CopyTo(unwind[4..]);
    }

    private bool Step(ref UnwindContext context, bool first = true) =>
        new StackUnwinder(_image, ImageBase, Table, (uint)_functions * 12).TryStep(ref context, first, _stack);

    private static UnwindContext At(uint rva, ulong rsp)
    {
        UnwindContext context = default;
        context.Rip = ImageBase + rva;
        context.Registers[UnwindContext.Rsp] = rsp;
        return context;
    }

    [Fact]
    public void ALeafsCallerIsOnTopOfTheStack()
    {
        Function(0x1000, 0x1010, Info, 0, 0);
        _stack.Words[Stack] = Caller;
        var context = At(0x1500, Stack);
        Step(ref context).Should().BeTrue();
        context.Rip.Should().Be(Caller);
        context.Registers[UnwindContext.Rsp].Should().Be(Stack + 8);
        var again = At(0x1500, Stack);
        Step(ref again, first: false).Should().BeFalse("only the first function can be a leaf");
    }

    [Fact]
    public void PushesAndAllocationsAreUndone()
    {
        // push rbx; push rsi; sub rsp, 0x28
        Function(0x1000, 0x1100, Info, 0, 0, 0x08, 0x42, 0x04, 0x60, 0x02, 0x30);
        _stack.Words[Stack + 0x28] = 0x51;
        _stack.Words[Stack + 0x30] = 0xB8;
        _stack.Words[Stack + 0x38] = Caller;
        var context = At(0x1050, Stack);
        Step(ref context).Should().BeTrue();
        context.Rip.Should().Be(Caller);
        context.Registers[6].Should().Be(0x51);
        context.Registers[3].Should().Be(0xB8);
        context.Registers[UnwindContext.Rsp].Should().Be(Stack + 0x40);
    }

    [Fact]
    public void InAPrologueOnlyWhatHasHappenedIsUndone()
    {
        Function(0x1000, 0x1100, Info, 0, 0, 0x08, 0x42, 0x04, 0x60, 0x02, 0x30);
        _stack.Words[Stack] = 0xB8;
        _stack.Words[Stack + 8] = Caller;
        var context = At(0x1002, Stack);
        Step(ref context).Should().BeTrue();
        context.Rip.Should().Be(Caller);
        context.Registers[3].Should().Be(0xB8);
        context.Registers[6].Should().Be(0);
    }

    [Theory]
    [InlineData(new byte[] { 0x08, 0x01, 0x00, 0x02 }, 0x1000)]                 // 512 units of 8
    [InlineData(new byte[] { 0x08, 0x11, 0x00, 0x00, 0x01, 0x00 }, 0x1_0000)]   // 32 bits
    public void LargeAllocationsHaveTwoForms(byte[] codes, int size)
    {
        Function(0x1000, 0x1100, Info, 0, 0, codes);
        _stack.Words[Stack + (ulong)size] = Caller;
        var context = At(0x1050, Stack);
        Step(ref context).Should().BeTrue();
        context.Rip.Should().Be(Caller);
    }

    [Fact]
    public void AFramePointerSaysWhereTheFrameIs()
    {
        // push rbp; sub rsp, 0x40; lea rbp, [rsp + 0x20]; mov [rbp - 0x20 + 0x18], rdi; then the stack grew by alloca.
        Function(0x1000, 0x1100, Info, 0, 0x25, 0x0E, 0x74, 0x03, 0x00, 0x0A, 0x03, 0x05, 0x72, 0x01, 0x50);
        ulong frame = Stack + 0x500;
        _stack.Words[frame + 0x18] = 0xD1;
        _stack.Words[frame + 0x40] = 0xB9;
        _stack.Words[frame + 0x48] = Caller;
        var context = At(0x1050, Stack);
        context.Registers[5] = frame + 0x20;
        Step(ref context).Should().BeTrue();
        context.Rip.Should().Be(Caller);
        context.Registers[7].Should().Be(0xD1);
        context.Registers[5].Should().Be(0xB9);
        context.Registers[UnwindContext.Rsp].Should().Be(frame + 0x50);
    }

    [Fact]
    public void AChainedPartIsUndoneWithItsParent()
    {
        // The parent pushed rbx; the part saved rsi.
        const uint parent = 0x300;
        Function(0x1000, 0x1080, parent, 0, 0, 0x02, 0x30);
        Function(0x1080, 0x1100, Info, 4, 0, 0x06, 0x64, 0x02, 0x00);
        BinaryPrimitives.WriteUInt32LittleEndian(_image.AsSpan((int)Info + 4 + 4), 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(_image.AsSpan((int)Info + 4 + 8), 0x1080);
        BinaryPrimitives.WriteUInt32LittleEndian(_image.AsSpan((int)Info + 4 + 12), parent);
        _stack.Words[Stack + 0x10] = 0x51;
        _stack.Words[Stack] = 0xB8;
        _stack.Words[Stack + 8] = Caller;
        var context = At(0x10A0, Stack);
        Step(ref context).Should().BeTrue();
        context.Rip.Should().Be(Caller);
        context.Registers[6].Should().Be(0x51);
        context.Registers[3].Should().Be(0xB8);
    }

    [Fact]
    public void AMachineFrameLeadsToWhatWasInterrupted()
    {
        Function(0x1000, 0x1100, Info, 0, 0, 0x00, 0x1A);
        _stack.Words[Stack + 8] = Caller;
        _stack.Words[Stack + 8 + 24] = 0x9000;
        var context = At(0x1050, Stack);
        Step(ref context).Should().BeTrue();
        context.Rip.Should().Be(Caller);
        context.Registers[UnwindContext.Rsp].Should().Be(0x9000);
    }

    [Fact]
    public void AReturnAddressBehindAFunctionBelongsToIt()
    {
        Function(0x1000, 0x1100, Info, 0, 0, 0x02, 0x30);
        Function(0x1100, 0x1200, 0x300, 0, 0, 0x02, 0x42);
        _stack.Words[Stack + 8] = Caller;
        var context = At(0x1100, Stack);
        Step(ref context, first: false).Should().BeFalse("its push is not on the fake stack: it was looked up in the first function");
    }

    [Fact]
    public void AnythingInTheTablesIsReadWithoutAFault() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        Gen.Choose(0, 0x150).ToArbitrary(),
        Gen.Choose(0, 0x2FFF).ToArbitrary(),
        (noise, at, rva) =>
        {
            var unwinder = new StackUnwinderTests();
            unwinder.Function(0x1000, 0x1800, Info, 4, 0x35, 0x0E, 0x74, 0x03, 0x00, 0x0A, 0x03, 0x05, 0x72, 0x01, 0x50);
            unwinder.Function(0x1800, 0x2000, Info + 0x40, 0, 0, 0x08, 0x42, 0x04, 0x60, 0x02, 0x30);
            for (int i = 0; i < noise.Length; i++)
                unwinder._image[(int)Table + ((at + (i * 7)) % 0x180)] = noise[i];
            for (ulong i = 0; i < 64; i++)
                unwinder._stack.Words[Stack + (i * 8)] = ImageBase + 0x1000 + (i * 31);
            var context = At((uint)rva, Stack);
            for (int i = 0; i < 32 && unwinder.Step(ref context, i == 0); i++)
            {
            }
        }).QuickCheckThrowOnFailure();
}
