using System.Numerics;
using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>An identified system in one safetensors file: the tensors of an S5 layer, and names, units and gain as JSON beside them.</summary>
/// <remarks>
/// <c>Lambda_re</c>, <c>Lambda_im</c> and <c>log_step</c> (one step for each state), <c>B</c> (states by inputs by 2), <c>C</c> (outputs by states
/// by 2) and <c>D</c>, as the code of S5 names them (lindermanlab/S5, s5/ssm.py): zero-order hold, conjugate symmetry, inputs and outputs as
/// deviations. D has one number for each output where inputs and outputs are as many and do not cross, else outputs by inputs.
/// </remarks>
public static class SsmFile
{
    private const string MetadataName = "ssm";
    private const int Version = 1;

    /// <summary>Writes a system.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void Save(string path, SsmModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModalSystem system = model.System;
        (int modes, int p, int m) = (system.Modes, system.Inputs, system.Outputs);
        // Real parts of a half: far from where the code of S5 cuts them off.
        double[] steps = [.. system.Exponents.Select(exponent => -2.0 * exponent.Real)];
        Complex[] lambda = [.. system.Exponents.Select((exponent, i) => exponent / steps[i])];
        Complex[] b = [.. system.B.Select((value, i) => value / (steps[i / p] * ModeStep.Phi(system.Exponents[i / p])))];
        var header = new SsmHeader
        {
            Version = Version,
            SamplePeriod = model.SamplePeriod,
            Inputs = model.InputNames,
            Outputs = model.OutputNames,
            InputCenter = model.InputCenter,
            OutputCenter = model.OutputCenter,
            Gain = [.. Pairs(system.K)],
            InnovationCovariance = model.InnovationCovariance,
        };
        bool isDiagonal = p == m && system.D.Where((_, i) => i % (m + 1) != 0).All(value => value == 0.0);
        double[] d = isDiagonal ? [.. system.D.Where((_, i) => i % (m + 1) == 0)] : system.D;
        new SafetensorsWriter()
            .Note(MetadataName, JsonSerializer.Serialize(header, SsmJson.Default.SsmHeader))
            .Add("Lambda_re", [modes], [.. lambda.Select(value => value.Real)])
            .Add("Lambda_im", [modes], [.. lambda.Select(value => value.Imaginary)])
            .Add("B", [modes, p, 2], Pairs(b))
            .Add("C", [m, modes, 2], Pairs(system.C))
            .Add("D", isDiagonal ? [m] : [m, p], d)
            .Add("log_step", [modes, 1], [.. steps.Select(step => Math.Log(step))])
            .Save(path);
    }

    /// <summary>Reads a system.</summary>
    /// <exception cref="ModelException">The file is not sound or no identified system; with every finding.</exception>
    public static SsmModel Load(string path)
    {
        SafetensorsFile file = SafetensorsFile.Load(path);
        SsmHeader header = ReadHeader(file, path);
        var reader = new TensorReader(file, path);
        (int p, int m) = (header.Inputs.Length, header.Outputs.Length);
        int modes = file.Find("Lambda_re") is { Shape: [> 0 and < 1 << 16] } tensor ? (int)tensor.Shape[0] : 1;
        double[] real = reader.Read("Lambda_re", modes);
        double[] imaginary = reader.Read("Lambda_im", modes);
        double[] b = reader.Read("B", modes, p, 2);
        double[] c = reader.Read("C", m, modes, 2);
        bool isDiagonal = p == m && file.Find("D")?.Shape.Length == 1;
        double[] d = isDiagonal ? reader.Read("D", m) : reader.Read("D", m, p);
        double[] logSteps = reader.Read("log_step", modes, 1);
        reader.RefuseOthers();
        if (header.Gain.Length != 2 * modes * m)
        {
            reader.Findings.Error($"{path}, {MetadataName}.gain", $"{header.Gain.Length} numbers, and should be {2 * modes * m}", "The file is damaged.");
        }

        if (reader.Findings.Count > 0)
        {
            throw new ModelException(reader.Findings.ToImmutable());
        }

        var system = new ModalSystem(modes, p, m);
        for (int i = 0; i < modes; i++)
        {
            double step = Math.Exp(logSteps[i]);
            system.Exponents[i] = step * new Complex(Math.Min(real[i], S5Parameters.LargestRealPart), imaginary[i]);
            for (int j = 0; j < p; j++)
            {
                system.B[(i * p) + j] = At(b, (i * p) + j) * step * ModeStep.Phi(system.Exponents[i]);
            }
        }

        for (int i = 0; i < m * modes; i++)
        {
            system.C[i] = At(c, i);
            system.K[i] = At(header.Gain.AsSpan(), i);
        }

        for (int i = 0; i < d.Length; i++)
        {
            system.D[isDiagonal ? i * (m + 1) : i] = d[i];
        }

        return new(
            system, header.SamplePeriod, header.Inputs, header.Outputs, [.. header.InputCenter], [.. header.OutputCenter], [.. header.InnovationCovariance]);
    }

    private static SsmHeader ReadHeader(SafetensorsFile file, string path)
    {
        if (!file.Metadata.TryGetValue(MetadataName, out string? text))
        {
            throw new ModelException(path, $"its metadata hold no '{MetadataName}'", "Give a file that hybrid train ssm has written.");
        }

        SsmHeader? header;
        try
        {
            header = JsonSerializer.Deserialize(text, SsmJson.Default.SsmHeader);
        }
        catch (JsonException fault)
        {
            throw new ModelException($"{path}, {MetadataName}", $"not sound JSON: {fault.Message}", "The file is damaged.");
        }

        return header is not null && IsSound(header)
            ? header
            : throw new ModelException($"{path}, {MetadataName}", "its version is unknown, or names and numbers do not fit together", "Identify the system anew.");
    }

    private static bool IsSound(SsmHeader header)
    {
        if (header.Inputs.IsDefaultOrEmpty || header.Outputs.IsDefaultOrEmpty || header.InputCenter.IsDefault || header.OutputCenter.IsDefault ||
            header.Gain.IsDefault || header.InnovationCovariance.IsDefault)
        {
            return false;
        }

        int m = header.Outputs.Length;
        return header.Version == Version && header.SamplePeriod > 0.0 && double.IsFinite(header.SamplePeriod) &&
            header.InputCenter.Length == header.Inputs.Length && header.OutputCenter.Length == m && header.InnovationCovariance.Length == m * m &&
            Dense.IsFinite(header.InputCenter.AsSpan()) && Dense.IsFinite(header.OutputCenter.AsSpan()) && Dense.IsFinite(header.Gain.AsSpan()) &&
            Dense.IsFinite(header.InnovationCovariance.AsSpan());
    }

    private static double[] Pairs(Complex[] values) => [.. values.SelectMany(value => new[] { value.Real, value.Imaginary })];

    private static Complex At(ReadOnlySpan<double> pairs, int i) => new(pairs[2 * i], pairs[(2 * i) + 1]);
}
