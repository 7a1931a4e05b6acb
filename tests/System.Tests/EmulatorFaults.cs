namespace Lamina.SystemTests;

/// <summary>
/// Checks that fail for a known fault of an emulator. They must fail: where one passes, the emulator was mended and its line here goes.
/// </summary>
internal static class EmulatorFaults
{
    /// <summary>The names of the checks of a small guest that fail on a platform.</summary>
    internal static string[] Of(Platform platform, string guest) => (platform, guest) switch
    {
        // Bochs 2.7 leaves without the cause in DR6 when #DB is intercepted under AMD-V (AMD APM vol. 2, 15.12.2). Nothing else says it, so the guest is
        // told none. Not intercepting #DB is no way out: a guest whose #DB handler faults with #DB again would hold the CPU for ever.
        (Platform.AmdBochs, "exceptions") =>
        [
            "DR6 after NOP", "DR6 after MOV to CR0", "DR6 after MOV to CR4", "DR6 after MOV to CR3", "DR6 after RDTSC", "DR6 after INVLPG",
            "DR6 says breakpoint 0",
        ],
        _ => [],
    };
}
