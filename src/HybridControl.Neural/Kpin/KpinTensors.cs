using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Safetensors;

namespace HybridControl.Neural.Kpin;

/// <summary>The arrays of a design as tensors of a file.</summary>
internal static class KpinTensors
{
    private const string StateCenter = "features.state_center";
    private const string StateScale = "features.state_scale";
    private const string InputCenter = "features.input_center";
    private const string InputScale = "features.input_scale";
    private const string Influence = "design.influence";
    private const string Bounds = "design.bounds";
    private const string EnvelopeCenter = "envelope.center";
    private const string EnvelopeFactor = "envelope.factor";

    public static IEnumerable<(string Name, long[] Shape, double[] Values)> Of(KpinDesign design)
    {
        KpinFeatures features = design.Features;
        yield return (StateCenter, [features.States], [.. features.StateCenter]);
        yield return (StateScale, [features.States], [.. features.StateScale]);
        yield return (InputCenter, [features.Inputs], [.. features.InputCenter]);
        yield return (InputScale, [features.Inputs], [.. features.InputScale]);
        yield return (Influence, [features.States, design.Residuals], [.. design.Influence]);
        yield return (Bounds, [design.Residuals], [.. design.Bounds]);
        if (design.Envelope is { } envelope)
        {
            yield return (EnvelopeCenter, [features.Count], envelope.Center.ToArray());
            yield return (EnvelopeFactor, [features.Count, features.Count], envelope.Factor.ToArray());
        }
    }

    /// <summary>The design of a file, or null if its tensors have findings.</summary>
    public static KpinDesign? Read(KpinHeader header, TensorReader tensors)
    {
        var features = new KpinFeatures(header.States, header.Inputs, header.Measurements, header.Use, header.Modes);
        features = features with
        {
            StateCenter = [.. tensors.Read(StateCenter, header.States)],
            StateScale = [.. tensors.Read(StateScale, header.States)],
            InputCenter = [.. tensors.Read(InputCenter, header.Inputs)],
            InputScale = [.. tensors.Read(InputScale, header.Inputs)],
            StepScale = header.StepScale,
        };
        double[] influence = tensors.Read(Influence, header.States, header.Residuals);
        double[] bounds = tensors.Read(Bounds, header.Residuals);
        bool hasEnvelope = header.EnvelopeLimit is not null;
        double[] center = hasEnvelope ? tensors.Read(EnvelopeCenter, features.Count) : [];
        double[] factor = hasEnvelope ? tensors.Read(EnvelopeFactor, features.Count, features.Count) : [];
        if (tensors.Findings.Count > 0)
        {
            return null;
        }

        var matrix = new double[header.States, header.Residuals];
        Buffer.BlockCopy(influence, 0, matrix, 0, influence.Length * sizeof(double));
        try
        {
            return new KpinDesign(header.Level, features, matrix, bounds)
            {
                ProcessClip = header.ProcessClip,
                MeasurementClip = header.MeasurementClip,
                GainBound = header.GainBound,
                ProcessFactor = header.ProcessFactor,
                MeasurementFactor = header.MeasurementFactor,
                Envelope = hasEnvelope ? KpinEnvelope.FromFactor(center, factor, header.EnvelopeLimit!.Value) : null,
            };
        }
        catch (ModelException fault)
        {
            foreach (Finding finding in fault.Findings)
            {
                tensors.Findings.Error(finding.Where, finding.What, finding.Mend);
            }

            return null;
        }
    }
}
