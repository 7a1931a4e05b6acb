using System;
using System.Buffers.Binary;

namespace Lamina.Host;

/// <summary>
/// Goes from a function to its caller by the image's function table (<c>.pdata</c>) and unwind codes (<c>.xdata</c>), as Microsoft's x64 ABI has them
/// ("x64 exception handling" in the MSVC documentation). It is run while the machine is failing: everything that it reads is checked, and wrong data ends
/// the walk. Epilogues are not looked at: a fault in one gives a wrong caller, once.
/// </summary>
public readonly ref struct StackUnwinder
{
    private const int FunctionSize = 12;
    private const int InfoHeaderSize = 4;
    private const int CodeSize = 2;
    private const int Chained = 4;
    private const int MostChained = 8;

    private readonly ReadOnlySpan<byte> _image;
    private readonly ulong _base;
    private readonly uint _table;
    private readonly uint _functions;

    private enum Operation : byte
    {
        PushRegister = 0,
        AllocateLarge = 1,
        AllocateSmall = 2,
        SetFramePointer = 3,
        SaveRegister = 4,
        SaveRegisterFar = 5,
        Epilog = 6,
        Spare = 7,
        SaveXmm = 8,
        SaveXmmFar = 9,
        PushMachineFrame = 10,
    }

    /// <summary>Makes an unwinder.</summary>
    /// <param name="image">The image in memory.</param>
    /// <param name="imageBase">HVA that it runs at.</param>
    /// <param name="table">Image-relative address of the function table.</param>
    /// <param name="tableLength">Its bytes.</param>
    public StackUnwinder(ReadOnlySpan<byte> image, ulong imageBase, uint table, uint tableLength)
    {
        _image = image;
        _base = imageBase;
        bool inside = table <= (uint)image.Length && tableLength <= (uint)image.Length - table;
        _table = table;
        _functions = inside ? tableLength / FunctionSize : 0;
    }

    /// <summary>Turns a function's registers into its caller's.</summary>
    /// <param name="context">The registers; unchanged or half changed when it fails.</param>
    /// <param name="isFirst">
    /// Whether this is where the fault was. Only there may a function without a table entry be met: one that has not touched the stack.
    /// </param>
    /// <param name="stack">What is on the stack.</param>
    /// <returns>False at the end of the stack, or where it cannot be followed.</returns>
    public bool TryStep(ref UnwindContext context, bool isFirst, StackMemory stack)
    {
        // A return address may be the byte behind a function whose last instruction is the call.
        ulong rva = context.Rip - _base - (isFirst ? 0u : 1u);
        bool interrupted = false;
        if (rva >= (ulong)_image.Length)
            return false;
        if (TryFind((uint)rva, out uint function))
        {
            if (!TryUnwind(ref context, (uint)rva - UInt32(function), UInt32(function + 8), stack, out interrupted))
                return false;
        }
        else if (!isFirst)
        {
            return false;
        }

        return interrupted || TryPop(ref context, stack, out context.Rip);
    }

    // The entry of the function table for an image-relative address: begin, end, unwind information.
    private bool TryFind(uint rva, out uint entry)
    {
        uint low = 0;
        uint high = _functions;
        while (low < high)
        {
            uint middle = (low + high) / 2;
            entry = _table + (middle * FunctionSize);
            if (rva < UInt32(entry))
                high = middle;
            else if (rva >= UInt32(entry + 4))
                low = middle + 1;
            else
                return true;
        }

        entry = 0;
        return false;
    }

    private bool TryUnwind(ref UnwindContext context, uint offset, uint info, StackMemory stack, out bool interrupted)
    {
        interrupted = false;
        for (int chain = 0; chain < MostChained; chain++)
        {
            if (!IsInside(info, InfoHeaderSize))
                return false;
            int flags = Byte(info) >> 3;
            uint codes = Byte(info + 2);
            if (!IsInside(info, InfoHeaderSize + (codes * CodeSize)))
                return false;
            if (!TryApply(ref context, offset, info, codes, stack, ref interrupted))
                return false;
            if ((flags & Chained) == 0)
                return true;

            // The codes are padded to an even number; the entry of the function that this is a part of follows. Its prologue is over.
            uint parent = info + InfoHeaderSize + ((codes + 1) / 2 * 2 * CodeSize);
            if (!IsInside(parent, FunctionSize))
                return false;
            info = UInt32(parent + 8);
            offset = uint.MaxValue;
        }

        return false;
    }

    // Undoes the prologue, last step first; what lies behind the place where the function was has not happened yet.
    private bool TryApply(ref UnwindContext context, uint offset, uint info, uint codes, StackMemory stack, ref bool interrupted)
    {
        int frameRegister = Byte(info + 3) & 0xF;
        ulong frameOffset = (ulong)(Byte(info + 3) >> 4) * 16;
        ulong frame = context.Registers[UnwindContext.Rsp];
        if (frameRegister != 0 && IsFrameSet(offset, info, codes))
            frame = context.Registers[frameRegister] - frameOffset;

        for (uint i = 0; i < codes;)
        {
            uint code = info + InfoHeaderSize + (i * CodeSize);
            var operation = (Operation)(Byte(code + 1) & 0xF);
            int argument = Byte(code + 1) >> 4;
            uint slots = SlotsOf(operation, argument);
            if (slots == 0 || slots > codes - i)
                return false;
            i += slots;
            if (Byte(code) > offset)
                continue;

            switch (operation)
            {
                case Operation.PushRegister:
                    if (!TryPop(ref context, stack, out context.Registers[argument]))
                        return false;
                    break;
                case Operation.AllocateLarge:
                    context.Registers[UnwindContext.Rsp] += argument == 0 ? UInt16(code + 2) * 8u : UInt32(code + 2);
                    break;
                case Operation.AllocateSmall:
                    context.Registers[UnwindContext.Rsp] += ((ulong)argument * 8) + 8;
                    break;
                case Operation.SetFramePointer:
                    context.Registers[UnwindContext.Rsp] = frame;
                    break;
                case Operation.SaveRegister:
                    if (!stack.TryRead(frame + (UInt16(code + 2) * 8u), out context.Registers[argument]))
                        return false;
                    break;
                case Operation.SaveRegisterFar:
                    if (!stack.TryRead(frame + UInt32(code + 2), out context.Registers[argument]))
                        return false;
                    break;
                case Operation.PushMachineFrame:
                    ulong at = context.Registers[UnwindContext.Rsp] + (argument != 0 ? 8u : 0u);
                    if (!stack.TryRead(at, out context.Rip) || !stack.TryRead(at + 24, out context.Registers[UnwindContext.Rsp]))
                        return false;
                    interrupted = true;
                    break;
            }
        }

        return true;
    }

    private bool IsFrameSet(uint offset, uint info, uint codes)
    {
        for (uint i = 0; i < codes;)
        {
            uint code = info + InfoHeaderSize + (i * CodeSize);
            var operation = (Operation)(Byte(code + 1) & 0xF);
            if (operation == Operation.SetFramePointer)
                return Byte(code) <= offset;
            uint slots = SlotsOf(operation, Byte(code + 1) >> 4);
            if (slots == 0)
                return false;
            i += slots;
        }

        return false;
    }

    // 16-bit slots that a code takes, its own among them; 0 for a code that is none.
    private static uint SlotsOf(Operation operation, int argument) => operation switch
    {
        Operation.PushRegister or Operation.AllocateSmall or Operation.SetFramePointer or Operation.PushMachineFrame => 1,
        Operation.AllocateLarge => argument == 0 ? 2u : 3u,
        Operation.SaveRegister or Operation.SaveXmm => 2,
        Operation.SaveRegisterFar or Operation.SaveXmmFar => 3,
        Operation.Epilog => 2,
        Operation.Spare => 3,
        _ => 0,
    };

    private static bool TryPop(ref UnwindContext context, StackMemory stack, out ulong value)
    {
        bool there = stack.TryRead(context.Registers[UnwindContext.Rsp], out value);
        context.Registers[UnwindContext.Rsp] += sizeof(ulong);
        return there;
    }

    private bool IsInside(uint address, uint length) => address <= (uint)_image.Length && length <= (uint)_image.Length - address;

    // Callers have checked that these lie inside.
    private byte Byte(uint address) => _image[(int)address];

    private uint UInt16(uint address) => BinaryPrimitives.ReadUInt16LittleEndian(_image[(int)address..]);

    private uint UInt32(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(_image[(int)address..]);
}
