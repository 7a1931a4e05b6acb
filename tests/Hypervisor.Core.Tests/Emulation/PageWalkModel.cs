using System;
using System.Buffers.Binary;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

/// <summary>
/// The manuals' page walk, written down anew and without regard for anything but plainness: one method a format, entry by entry, as the figures of
/// Intel SDM vol. 3, 4.3 to 4.6 have them. It changes the memory that it is given, as a CPU does.
/// </summary>
public sealed class PageWalkModel(byte[] memory, PagingState paging, MemoryAccess access)
{
    private bool _user = true, _writable = true, _noExecute;

    /// <summary>The GPA, or a fault's code.</summary>
    public (ulong? Physical, uint Code) Walk(ulong linear)
    {
        if (!Bit((ulong)paging.Cr0, 31)) return (linear & 0xFFFF_FFFF, 0);
        if (Bit((ulong)paging.Efer, 10))
        {
            int levels = Bit((ulong)paging.Cr4, 12) ? 5 : 4;
            return Long(linear, levels, paging.Cr3 & 0x000F_FFFF_FFFF_F000);
        }
        linear &= 0xFFFF_FFFF;
        return Bit((ulong)paging.Cr4, 5) ? Pae(linear) : Legacy(linear);
    }

    private (ulong?, uint) Legacy(ulong linear)
    {
        ulong at = (paging.Cr3 & 0xFFFF_F000) + Field(linear, 31, 22) * 4;
        ulong directory = Load(at, 4);
        if (!Bit(directory, 0)) return Fault(0);
        if (Bit(directory, 7) && Bit((ulong)paging.Cr4, 4))
        {
            if (Bit(directory, 21)) return Fault(9);
            for (int bit = paging.PhysicalAddressBits; bit < 40; bit++)
                if (Bit(directory, bit - 32 + 13)) return Fault(9);
            Use(directory);
            if (!Allowed()) return Fault(1);
            Mark(at, 4, directory, leaf: true);
            return (Field(directory, 20, 13) << 32 | Field(directory, 31, 22) << 22 | Field(linear, 21, 0), 0);
        }
        Use(directory);
        Mark(at, 4, directory, leaf: false);
        at = (Field(directory, 31, 12) << 12) + Field(linear, 21, 12) * 4;
        ulong page = Load(at, 4);
        if (!Bit(page, 0)) return Fault(0);
        Use(page);
        if (!Allowed()) return Fault(1);
        Mark(at, 4, page, leaf: true);
        return (Field(page, 31, 12) << 12 | Field(linear, 11, 0), 0);
    }

    private (ulong?, uint) Pae(ulong linear)
    {
        ulong root = Load((paging.Cr3 & 0xFFFF_FFE0) + Field(linear, 31, 30) * 8, 8);
        if (!Bit(root, 0)) return Fault(0);
        if (Field(root, 2, 1) != 0 || Field(root, 8, 6) != 0 || BadAddress(root) || Field(root, 63, 52) != 0) return Fault(9);
        return Long(linear, 2, root & 0x000F_FFFF_FFFF_F000);
    }

    private (ulong?, uint) Long(ulong linear, int level, ulong table)
    {
        bool isLong = Bit((ulong)paging.Efer, 10);
        int low = 12 + (level - 1) * 9;
        ulong at = table + Field(linear, low + 8, low) * 8;
        ulong entry = Load(at, 8);
        if (!Bit(entry, 0)) return Fault(0);
        if (BadAddress(entry)) return Fault(9);
        if (!isLong && Field(entry, 62, 52) != 0) return Fault(9);
        if (Bit(entry, 63) && !Bit((ulong)paging.Efer, 11)) return Fault(9);
        bool leaf = level == 1;
        if (level > 1 && Bit(entry, 7))
        {
            if (level > 3) return Fault(9);
            for (int bit = 13; bit < low; bit++)
                if (Bit(entry, bit)) return Fault(9);
            leaf = true;
        }
        Use(entry);
        if (!leaf)
        {
            Mark(at, 8, entry, leaf: false);
            return Long(linear, level - 1, Field(entry, 51, 12) << 12);
        }
        if (!Allowed()) return Fault(1);
        Mark(at, 8, entry, leaf: true);
        return (Field(entry, 51, low) << low | Field(linear, low - 1, 0), 0);
    }

    private bool BadAddress(ulong entry)
    {
        for (int bit = paging.PhysicalAddressBits; bit < 52; bit++)
            if (Bit(entry, bit)) return true;
        return false;
    }

    private void Use(ulong entry)
    {
        if (!Bit(entry, 1)) _writable = false;
        if (!Bit(entry, 2)) _user = false;
        if (Bit(entry, 63)) _noExecute = true;
    }

    private bool Allowed()
    {
        bool smap = Bit((ulong)paging.Cr4, 21), smep = Bit((ulong)paging.Cr4, 20), writeProtect = Bit((ulong)paging.Cr0, 16);
        if (access.HasFlag(MemoryAccess.User))
        {
            if (!_user) return false;
            if (access.HasFlag(MemoryAccess.Write) && !_writable) return false;
            return !access.HasFlag(MemoryAccess.Execute) || !_noExecute;
        }
        if (access.HasFlag(MemoryAccess.Execute)) return !_noExecute && !(_user && smep);
        if (_user && smap && !paging.AllowsUserPages) return false;
        return !access.HasFlag(MemoryAccess.Write) || _writable || !writeProtect;
    }

    private (ulong?, uint) Fault(uint code)
    {
        if (access.HasFlag(MemoryAccess.Write)) code |= 2;
        if (access.HasFlag(MemoryAccess.User)) code |= 4;
        bool tellsFetches = Bit((ulong)paging.Cr4, 20) || (Bit((ulong)paging.Efer, 11) && Bit((ulong)paging.Cr4, 5));
        if (access.HasFlag(MemoryAccess.Execute) && tellsFetches) code |= 16;
        return (null, code);
    }

    private ulong Load(ulong at, int size)
    {
        if (at + (ulong)size > (ulong)memory.Length) return size == 8 ? ulong.MaxValue : uint.MaxValue;
        return size == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(memory.AsSpan((int)at)) : BinaryPrimitives.ReadUInt32LittleEndian(memory.AsSpan((int)at));
    }

    private void Mark(ulong at, int size, ulong entry, bool leaf)
    {
        if (at + (ulong)size > (ulong)memory.Length) return;
        entry |= 1 << 5;
        if (leaf && access.HasFlag(MemoryAccess.Write)) entry |= 1 << 6;
        memory[at] = (byte)entry;
    }

    private static bool Bit(ulong value, int bit) => (value >> bit & 1) != 0;

    private static ulong Field(ulong value, int high, int low) => value >> low & (ulong.MaxValue >> (63 - high + low));
}
