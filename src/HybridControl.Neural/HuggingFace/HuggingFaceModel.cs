using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;
using HybridControl.Numerics;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Reads models as Hugging Face keeps them: a folder with <c>config.json</c> and safetensors.</summary>
public static class HuggingFaceModel
{
    private const string ConfigName = "config.json";

    private static readonly Dictionary<string, IModelAdapter> Adapters =
        new IModelAdapter[]
        {
            new MambaAdapter(),
            new Mamba2Adapter(),
            new JambaAdapter(),
            new GraniteMoeHybridAdapter(),
            new NemotronHAdapter(),
            new HymbaAdapter(),
            new TransXssmAdapter(),
            new S4dAdapter(),
            new S5Adapter(),
            new BambaAdapter(),
            new FalconH1Adapter(),
            new ZambaAdapter(),
            new Zamba2Adapter(),
        }.ToDictionary(adapter => adapter.ModelType, StringComparer.OrdinalIgnoreCase);

    /// <summary>The values of <c>model_type</c> that can be read.</summary>
    public static IReadOnlyCollection<string> ModelTypes => Adapters.Keys;

    /// <summary>What a configuration describes, without any parameters.</summary>
    /// <exception cref="ModelException">The kind of model is unknown or values are wrong; carries every finding.</exception>
    public static AdaptedModel Describe(ModelConfig config)
    {
        string type = config.ModelType;
        if (!Adapters.TryGetValue(type, out IModelAdapter? adapter))
        {
            if (config.Findings.Count == 0)
            {
                RefuseType(config, type);
            }

            throw new ModelException(config.Findings.ToImmutable());
        }

        AdaptedModel model = adapter.Adapt(config);
        if (config.Findings.Count == 0)
        {
            foreach (Finding finding in model.Stack.Check())
            {
                config.Refuse(finding.Where, finding.What, finding.Mend);
            }
        }

        return config.Findings.Count == 0 ? model : throw new ModelException(config.Findings.ToImmutable());
    }

    /// <summary>Reads the model of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="backend">Where it runs; the caller keeps it.</param>
    /// <param name="format">How matrices are kept.</param>
    /// <exception cref="ModelException">
    /// A file cannot be read, values or shapes are wrong, or tensors are missing or not used; carries every finding.
    /// </exception>
    public static LayerStack Load(string folder, ITensorBackend backend, WeightFormat format = WeightFormat.Native)
    {
        AdaptedModel model = Describe(ModelConfig.Load(Path.Combine(folder, ConfigName)));
        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder);
        var findings = new FindingList();
        var parameters = new CheckpointParameters(checkpoint, model.Names, findings);
        return StackBuilder.Build(model.Stack, parameters, backend, format, findings, parameters.Conclude);
    }

    private static void RefuseType(ModelConfig config, string type)
    {
        if (type.Length == 0)
        {
            config.Refuse("model_type", "it is missing", $"Known kinds of models: {string.Join(", ", Adapters.Keys)}.");
        }
        else if (HuggingFaceVision.ModelTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            config.Refuse("model_type", $"'{type}' is a model of images, not of sequences", "HuggingFaceVision of the library reads it; the command line does not.");
        }
        else
        {
            config.Refuse("model_type", $"unknown kind of model '{type}'", Suggestions.For(type, Adapters.Keys));
        }
    }
}
