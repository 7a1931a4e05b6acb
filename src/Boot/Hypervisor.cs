using Lamina.Host;

namespace Lamina.Boot;

/// <summary>The one place where all is put together. A placeholder until the VMs' side is there.</summary>
internal static class Hypervisor
{
    /// <summary>Runs the hypervisor until every VM has ended.</summary>
    /// <param name="info">What came along.</param>
    /// <param name="machine">The machine, taken over.</param>
    public static void Run(BootInfo info, HostMachine machine)
    {
        if (info.Problem.Length != 0)
            machine.Log.Error(info.Problem).End();
        machine.Log.Info("there is nothing to run yet").End();
        machine.Serial.Drain();
        machine.Power.PowerOff();
    }
}
