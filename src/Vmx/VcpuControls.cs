namespace Lamina.Vmx;

/// <summary>
/// What Lamina asks of a vCPU's controls. Needed: a CPU that cannot set them is refused. Wanted: set where the CPU can. Unserved: a CPU that cannot leave them
/// off is refused, for nothing here handles their exits. All else is off, unless the CPU fixes it at 1.
/// </summary>
internal static class VcpuControls
{
    internal const PinControls NeededPin = PinControls.ExternalInterruptExiting | PinControls.NmiExiting | PinControls.VirtualNmis;
    internal const PinControls WantedPin = PinControls.ActivatePreemptionTimer;

    internal const PrimaryControls NeededPrimary = PrimaryControls.UseTscOffsetting | PrimaryControls.HltExiting | PrimaryControls.MwaitExiting
        | PrimaryControls.RdpmcExiting | PrimaryControls.UseIoBitmaps | PrimaryControls.UseMsrBitmaps | PrimaryControls.MonitorExiting
        | PrimaryControls.ActivateSecondaryControls;
    internal const PrimaryControls WantedPrimary = PrimaryControls.UseTprShadow;
    internal const PrimaryControls UnservedPrimary = PrimaryControls.Cr3LoadExiting | PrimaryControls.Cr3StoreExiting | PrimaryControls.InvlpgExiting
        | PrimaryControls.MovDrExiting | PrimaryControls.RdtscExiting;
    /// <summary>Needed at times: set when a window is asked for.</summary>
    internal const PrimaryControls Windows = PrimaryControls.InterruptWindowExiting | PrimaryControls.NmiWindowExiting;
    /// <summary>Needed where there is no TPR shadow.</summary>
    internal const PrimaryControls TaskPriorityExiting = PrimaryControls.Cr8LoadExiting | PrimaryControls.Cr8StoreExiting;

    internal const SecondaryControls NeededSecondary = SecondaryControls.EnableEpt;
    internal const SecondaryControls WantedSecondary = SecondaryControls.EnableVpid | SecondaryControls.UnrestrictedGuest
        | SecondaryControls.EnableRdtscp | SecondaryControls.EnableInvpcid | SecondaryControls.WbinvdExiting | SecondaryControls.PauseLoopExiting;

    internal const ExitControls NeededExit = ExitControls.HostAddressSpaceSize | ExitControls.SavePat | ExitControls.LoadPat | ExitControls.SaveEfer
        | ExitControls.LoadEfer | ExitControls.SaveDebugControls;
    internal const ExitControls WantedExit = 0;

    internal const EntryControls NeededEntry = EntryControls.LoadDebugControls | EntryControls.LoadPat | EntryControls.LoadEfer;
}
