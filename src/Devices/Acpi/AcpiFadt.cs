using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The fixed ACPI description table, FADT, revision 6 (ACPI 6.5, table 5.9), without its header.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct AcpiFadt
{
#pragma warning disable CS1591 // The names are the specification's, where each is explained.
    public uint FirmwareCtrl;
    public uint Dsdt;
    public byte Reserved0;
    public byte PreferredPmProfile;
    public ushort SciInt;
    public uint SmiCmd;
    public byte AcpiEnable;
    public byte AcpiDisable;
    public byte S4BiosReq;
    public byte PstateCnt;
    public uint Pm1aEvtBlk;
    public uint Pm1bEvtBlk;
    public uint Pm1aCntBlk;
    public uint Pm1bCntBlk;
    public uint Pm2CntBlk;
    public uint PmTmrBlk;
    public uint Gpe0Blk;
    public uint Gpe1Blk;
    public byte Pm1EvtLen;
    public byte Pm1CntLen;
    public byte Pm2CntLen;
    public byte PmTmrLen;
    public byte Gpe0BlkLen;
    public byte Gpe1BlkLen;
    public byte Gpe1Base;
    public byte CstCnt;
    public ushort PLvl2Lat;
    public ushort PLvl3Lat;
    public ushort FlushSize;
    public ushort FlushStride;
    public byte DutyOffset;
    public byte DutyWidth;
    public byte DayAlrm;
    public byte MonAlrm;
    public byte Century;
    public AcpiBootArchitecture IaPcBootArch;
    public byte Reserved1;
    public AcpiFixedFeatures Flags;
    public GenericAddress ResetReg;
    public byte ResetValue;
    public ushort ArmBootArch;
    public byte MinorVersion;
    public ulong XFirmwareCtrl;
    public ulong XDsdt;
    public GenericAddress XPm1aEvtBlk;
    public GenericAddress XPm1bEvtBlk;
    public GenericAddress XPm1aCntBlk;
    public GenericAddress XPm1bCntBlk;
    public GenericAddress XPm2CntBlk;
    public GenericAddress XPmTmrBlk;
    public GenericAddress XGpe0Blk;
    public GenericAddress XGpe1Blk;
    public GenericAddress SleepControlReg;
    public GenericAddress SleepStatusReg;
    public ulong HypervisorVendorIdentity;
#pragma warning restore CS1591
}
