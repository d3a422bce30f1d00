using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary>The explanation of a run for people.</summary>
internal static class ExplainReport
{
    /// <summary>Writes each diagnosis, and what to do about it on the next line.</summary>
    public static void Write(RunExplanation explanation, Terminal terminal)
    {
        if (explanation.Diagnoses.IsEmpty)
        {
            terminal.Output.WriteLine("Explanation: nothing that deserves attention.");
            return;
        }

        terminal.Output.WriteLine("Explanation:");
        foreach (RunDiagnosis diagnosis in explanation.Diagnoses)
        {
            terminal.Output.WriteLine($"- {diagnosis.What}.");
            terminal.Output.WriteLine($"  {diagnosis.Mend}");
        }
    }
}
