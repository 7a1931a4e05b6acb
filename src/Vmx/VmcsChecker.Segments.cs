using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>The guest's segment and descriptor-table registers (Intel SDM vol. 3, 27.3.1.2 and 27.3.1.3).</summary>
public static partial class VmcsChecker
{
    private const uint FieldStep = 2;
    private const ushort LocalTable = 4, RequestedLevel = 3;
    private const uint Limit16 = 0xFFFF, LimitLow = 0xFFF, LimitHigh = 0xFFF0_0000;
    private const SegmentAttributes Virtual8086Attributes = SegmentAttributes.Present | SegmentAttributes.PrivilegeMask | SegmentAttributes.CodeOrData
        | SegmentAttributes.ReadableOrWritable | SegmentAttributes.Accessed;
    private const SegmentAttributes TypeMask = (SegmentAttributes)0xF;
    private const SegmentAttributes TypeData = SegmentAttributes.ReadableOrWritable | SegmentAttributes.Accessed;
    private const SegmentAttributes TypeBusy16 = (SegmentAttributes)0x3;

    private static string? FindInSegments(Vmcs vmcs, VmxFeatures features, ref string subject)
    {
        bool virtual8086 = (GuestRflags(vmcs) & Rflags.Virtual8086) != 0;
        for (var number = SegmentNumber.Es; number <= SegmentNumber.Gs; number++)
        {
            string? rule = virtual8086 ? FindInVirtual8086(number, vmcs) : FindInSegment(number, vmcs);
            if (rule is null) continue;
            subject = NameOf(number);
            return rule;
        }
        if (!IsCanonical(Segment(SegmentNumber.Fs, vmcs).Base, features) || !IsCanonical(Segment(SegmentNumber.Gs, vmcs).Base, features))
            return "the guest's FS or GS has a base that is not canonical";
        if (!virtual8086 && FindInPrivilege(vmcs, ref subject) is { } privilege) return privilege;
        return FindInSystem(vmcs, features, ref subject) ?? FindInDescriptorTables(vmcs, features);
    }

    private static SegmentAccessRights Rights(SegmentNumber number, Vmcs vmcs) =>
        new(vmcs.Read(VmcsField32.GuestEsAccessRights + (uint)number * FieldStep));

    private static SegmentRegister Segment(SegmentNumber number, Vmcs vmcs)
    {
        uint step = (uint)number * FieldStep;
        return new SegmentRegister(vmcs.Read(VmcsField16.GuestEsSelector + (ushort)step), Rights(number, vmcs).ToAttributes(),
            vmcs.Read(VmcsField32.GuestEsLimit + step), vmcs.Read(VmcsFieldNatural.GuestEsBase + step));
    }

    private static string? FindInVirtual8086(SegmentNumber number, Vmcs vmcs)
    {
        var segment = Segment(number, vmcs);
        if (segment.Base != (ulong)segment.Selector << 4) return " has a base other than 16 times its selector in virtual-8086 mode";
        if (segment.Limit != Limit16) return " has a limit other than FFFFh in virtual-8086 mode";
        return Rights(number, vmcs).Value == (uint)Virtual8086Attributes ? null : " has access rights other than F3h in virtual-8086 mode";
    }

    /// <summary>A code or data segment that can be used; CS always counts as one.</summary>
    private static string? FindInSegment(SegmentNumber number, Vmcs vmcs)
    {
        var rights = Rights(number, vmcs);
        bool isCode = number == SegmentNumber.Cs;
        if (rights.IsUnusable && !isCode) return null;
        var segment = Segment(number, vmcs);
        if (number <= SegmentNumber.Ds && (segment.Base & High32) != 0) return " has a base above 4 GiB";
        if (!IsTypeOf(number, segment, IsUnrestricted(vmcs))) return " has a type that it may not have";
        if (!segment.Has(SegmentAttributes.CodeOrData)) return " is a system segment";
        if (!segment.Has(SegmentAttributes.Present)) return " is not present";
        if (rights.HasReserved) return " has a reserved bit of its access rights set";
        if (isCode && IsLongMode(vmcs) && segment.Has(SegmentAttributes.Long | SegmentAttributes.Default32)) return " has both L and D set in long mode";
        return IsGranular(segment) ? null : " has a granularity that its limit does not have";
    }

    private static bool IsTypeOf(SegmentNumber number, in SegmentRegister segment, bool unrestricted)
    {
        var type = segment.Attributes & TypeMask;
        bool isCode = (type & SegmentAttributes.Code) != 0, isAccessed = (type & SegmentAttributes.Accessed) != 0;
        return number switch
        {
            SegmentNumber.Cs => (isCode && isAccessed) || (unrestricted && type == TypeData),
            SegmentNumber.Ss => (type & ~SegmentAttributes.ConformingOrExpandDown) == TypeData,
            _ => isAccessed && (!isCode || (type & SegmentAttributes.ReadableOrWritable) != 0),
        };
    }

    /// <summary>The rules between DPL, RPL and the CPL, which is the DPL of SS.</summary>
    private static string? FindInPrivilege(Vmcs vmcs, ref string subject)
    {
        var (code, stack) = (Segment(SegmentNumber.Cs, vmcs), Segment(SegmentNumber.Ss, vmcs));
        bool unrestricted = IsUnrestricted(vmcs);
        bool codeIsData = !code.Has(SegmentAttributes.Code), conforming = code.Has(SegmentAttributes.ConformingOrExpandDown);
        if (codeIsData ? code.PrivilegeLevel != 0 : conforming ? code.PrivilegeLevel > stack.PrivilegeLevel : code.PrivilegeLevel != stack.PrivilegeLevel)
            return "the guest's CS has a DPL that does not go with that of SS, which is the CPL";
        if ((codeIsData || (GuestCr0(vmcs) & Cr0.ProtectionEnable) == 0) && stack.PrivilegeLevel != 0)
            return "the guest's SS has a DPL other than 0 in real mode";
        if (unrestricted) return null;
        int level = stack.Selector & RequestedLevel;
        if (level != (code.Selector & RequestedLevel)) return "the guest's SS has an RPL other than that of CS";
        if (level != stack.PrivilegeLevel) return "the guest's SS has a DPL other than its RPL";
        for (var number = SegmentNumber.Es; number <= SegmentNumber.Gs; number++)
        {
            if (number is SegmentNumber.Cs or SegmentNumber.Ss || Rights(number, vmcs).IsUnusable) continue;
            var data = Segment(number, vmcs);
            if (data.Has(SegmentAttributes.Code | SegmentAttributes.ConformingOrExpandDown) || data.PrivilegeLevel >= (data.Selector & RequestedLevel)) continue;
            subject = NameOf(number);
            return " has a DPL below its RPL";
        }
        return null;
    }

    private static string? FindInSystem(Vmcs vmcs, VmxFeatures features, ref string subject)
    {
        var task = Segment(SegmentNumber.Tr, vmcs);
        var taskType = task.Attributes & TypeMask;
        if (taskType != SegmentAttributes.TypeTaskState && (taskType != TypeBusy16 || IsLongMode(vmcs))) return "the guest's TR is not a busy TSS";
        if (FindInSystem(SegmentNumber.Tr, task, vmcs, features) is { } rule)
        {
            subject = NameOf(SegmentNumber.Tr);
            return rule;
        }
        if (Rights(SegmentNumber.Ldtr, vmcs).IsUnusable) return null;
        var table = Segment(SegmentNumber.Ldtr, vmcs);
        if ((table.Attributes & TypeMask) != SegmentAttributes.TypeLocalDescriptorTable) return "the guest's LDTR is not a local descriptor table";
        string? broken = FindInSystem(SegmentNumber.Ldtr, table, vmcs, features);
        if (broken is not null) subject = NameOf(SegmentNumber.Ldtr);
        return broken;
    }

    private static string? FindInSystem(SegmentNumber number, in SegmentRegister segment, Vmcs vmcs, VmxFeatures features)
    {
        var rights = Rights(number, vmcs);
        if (rights.IsUnusable) return " is unusable";
        if (segment.Has(SegmentAttributes.CodeOrData)) return " is not a system segment";
        if (!segment.Has(SegmentAttributes.Present)) return " is not present";
        if (rights.HasReserved) return " has a reserved bit of its access rights set";
        if ((segment.Selector & LocalTable) != 0) return " has a selector of the LDT";
        if (!IsCanonical(segment.Base, features)) return " has a base that is not canonical";
        return IsGranular(segment) ? null : " has a granularity that its limit does not have";
    }

    private static string? FindInDescriptorTables(Vmcs vmcs, VmxFeatures features)
    {
        if (!IsCanonical(vmcs.Read(VmcsFieldNatural.GuestGdtrBase), features) || !IsCanonical(vmcs.Read(VmcsFieldNatural.GuestIdtrBase), features))
            return "the guest's GDTR or IDTR has a base that is not canonical";
        return vmcs.Read(VmcsField32.GuestGdtrLimit) > Limit16 || vmcs.Read(VmcsField32.GuestIdtrLimit) > Limit16
            ? "the guest's GDTR or IDTR has a limit above FFFFh" : null;
    }

    /// <summary>G counts pages: the low 12 bits of the limit are then set. Without it, the limit has 20 bits.</summary>
    private static bool IsGranular(in SegmentRegister segment) => segment.Has(SegmentAttributes.Granularity)
        ? (segment.Limit & LimitLow) == LimitLow
        : (segment.Limit & LimitHigh) == 0;

    private static string NameOf(SegmentNumber number) => number switch
    {
        SegmentNumber.Es => "the guest's ES",
        SegmentNumber.Cs => "the guest's CS",
        SegmentNumber.Ss => "the guest's SS",
        SegmentNumber.Ds => "the guest's DS",
        SegmentNumber.Fs => "the guest's FS",
        SegmentNumber.Gs => "the guest's GS",
        SegmentNumber.Ldtr => "the guest's LDTR",
        _ => "the guest's TR",
    };
}
