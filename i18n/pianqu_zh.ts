<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Pianqu</name>
    <message>
        <source>Check a county's dossier…</source>
        <translation>按数据清单检查全县…</translation>
    </message>
    <message>
        <source>Pianqu</source>
        <translation>片区</translation>
    </message>
    <message>
        <source>Failed indicators</source>
        <translation>不达标指标数</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Language of the results</source>
        <translation>成果语言</translation>
    </message>
    <message>
        <source>Language of report, workbook and messages: zh or en.</source>
        <translation>报告、工作簿和消息所用语言：zh 或 en。</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>是否通过</translation>
    </message>
    <message>
        <source>OUTPUT must name a folder.</source>
        <translation>OUTPUT 必须指定文件夹。</translation>
    </message>
    <message>
        <source>en</source>
        <translation>zh</translation>
    </message>
    <message>
        <source>Check control lines</source>
        <translation>三线管控检查</translation>
    </message>
    <message>
        <source>Finds planned uses that basic farmland, red line or boundary do not allow.</source>
        <translation>找出永久基本农田、生态保护红线、城镇开发边界所不允许的规划用途。</translation>
    </message>
    <message>
        <source>Number of findings</source>
        <translation>问题数</translation>
    </message>
    <message>
        <source>Examine the computing engine</source>
        <translation>诊断计算引擎</translation>
    </message>
    <message>
        <source>Says which Python and library versions the engine runs on.</source>
        <translation>报告计算引擎所用的 Python 和各库版本。</translation>
    </message>
    <message>
        <source>The engine's Python</source>
        <translation>计算引擎的 Python</translation>
    </message>
    <message>
        <source>Versions (JSON)</source>
        <translation>版本（JSON）</translation>
    </message>
    <message>
        <source>Check quotas</source>
        <translation>指标检查</translation>
    </message>
    <message>
        <source>Compares the indicators of county, clusters, towns and villages with quotas.</source>
        <translation>把县、片区、乡镇、村各级指标与下达的控制数比较。</translation>
    </message>
    <message>
        <source>Indicators</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Quotas (table)</source>
        <translation>控制数表</translation>
    </message>
    <message>
        <source>Columns unit, indicator, quota_ha and reserve_ha; xlsx, csv or a table.</source>
        <translation>列为 unit、indicator、quota_ha、reserve_ha；xlsx、csv 或数据表。</translation>
    </message>
    <message>
        <source>{layer}: {field}</source>
        <translation>{layer}：{field}</translation>
    </message>
    <message>
        <source>Left out where the layer has no such field.</source>
        <translation>图层没有此字段时略过。</translation>
    </message>
    <message>
        <source>{layer}: table of codes</source>
        <translation>{layer}：代码表</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>A folder with a standard's tables; empty: the shipped cn-2023.</source>
        <translation>标准表所在文件夹；留空用自带的 cn-2023。</translation>
    </message>
    <message>
        <source>CRS of the checks</source>
        <translation>检查所用坐标系</translation>
    </message>
    <message>
        <source>Empty: the CRS of the units.</source>
        <translation>留空用行政单元图层的坐标系。</translation>
    </message>
    <message>
        <source>County's code</source>
        <translation>县代码</translation>
    </message>
    <message>
        <source>Empty: what the units' codes begin with, six characters at most.</source>
        <translation>留空取各单元代码的共同开头，最多六位。</translation>
    </message>
    <message>
        <source>County's name</source>
        <translation>县名</translation>
    </message>
    <message>
        <source>What findings and tables call the county as a whole.</source>
        <translation>问题和成果表中对全县的称呼；留空为“全县”。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Give at least one of the layers {names}.</source>
        <translation>请至少给出以下图层之一：{names}。</translation>
    </message>
    <message>
        <source>{parameter}: layer '{layer}' has no field '{field}'; it has {fields}</source>
        <translation>{parameter}：图层“{layer}”没有字段“{field}”；现有字段：{fields}</translation>
    </message>
    <message>
        <source>{parameter} must name a field.</source>
        <translation>{parameter} 必须指定一个字段。</translation>
    </message>
    <message>
        <source>County</source>
        <translation>全县</translation>
    </message>
    <message>
        <source>Handing over layer '{name}'</source>
        <translation>移交图层“{name}”</translation>
    </message>
    <message>
        <source>Land balance</source>
        <translation>用地平衡</translation>
    </message>
    <message>
        <source>Structure table and transfer matrix from base to plan, for every unit.</source>
        <translation>各级单元由现状到规划的用地结构表和转移矩阵。</translation>
    </message>
    <message>
        <source>Structure table</source>
        <translation>用地结构表</translation>
    </message>
    <message>
        <source>Transfer matrix</source>
        <translation>转移矩阵</translation>
    </message>
    <message>
        <source>Pianqu: county plans against quotas and control lines</source>
        <translation>片区：县级规划指标与三线检查</translation>
    </message>
    <message>
        <source>Python of the computing engine (empty: found automatically)</source>
        <translation>计算引擎的 Python（留空自动查找）</translation>
    </message>
    <message>
        <source>Units (villages, or the finest there are)</source>
        <translation>行政单元（村级或现有最细一级）</translation>
    </message>
    <message>
        <source>Base land use</source>
        <translation>现状用地</translation>
    </message>
    <message>
        <source>Planned land use</source>
        <translation>规划用地</translation>
    </message>
    <message>
        <source>Permanent basic farmland</source>
        <translation>永久基本农田</translation>
    </message>
    <message>
        <source>Ecological red line</source>
        <translation>生态保护红线</translation>
    </message>
    <message>
        <source>Urban development boundary</source>
        <translation>城镇开发边界</translation>
    </message>
    <message>
        <source>code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>identifier</source>
        <translation>标识码</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>ridge coefficient</source>
        <translation>扣除系数</translation>
    </message>
    <message>
        <source>settlement attribute</source>
        <translation>城镇村属性码</translation>
    </message>
    <message>
        <source>town's code</source>
        <translation>乡镇代码</translation>
    </message>
    <message>
        <source>town's name</source>
        <translation>乡镇名称</translation>
    </message>
    <message>
        <source>cluster's code</source>
        <translation>片区代码</translation>
    </message>
    <message>
        <source>cluster's name</source>
        <translation>片区名称</translation>
    </message>
    <message>
        <source>Check a county's dossier</source>
        <translation>按数据清单检查全县</translation>
    </message>
    <message>
        <source>Quotas, control lines and land balance of every cluster, in one run.</source>
        <translation>一次完成各片区的指标、三线和用地平衡检查。</translation>
    </message>
    <message>
        <source>Indicators near their quota</source>
        <translation>临界指标数</translation>
    </message>
    <message>
        <source>Indicators not checked</source>
        <translation>未检查指标数</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Dossier</source>
        <translation>数据清单</translation>
    </message>
    <message>
        <source>The YAML file that names the county's layers, quotas and standard.</source>
        <translation>列出图层、控制数表和标准的 YAML 文件。</translation>
    </message>
    <message>
        <source>Which checks to run: quotas, controllines, landbalance.</source>
        <translation>要做的检查：quotas 指标、controllines 三线、landbalance 用地平衡。</translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation>片区</translation>
    </message>
    <message>
        <source>Codes of clusters, separated by commas; empty: all.</source>
        <translation>片区代码，逗号分隔；留空为全部。</translation>
    </message>
    <message>
        <source>Scheduler</source>
        <translation>调度器</translation>
    </message>
    <message>
        <source>Address of a Dask scheduler; empty: this machine's cores.</source>
        <translation>Dask 调度器地址；留空用本机多核。</translation>
    </message>
    <message>
        <source>Folder of results</source>
        <translation>成果文件夹</translation>
    </message>
    <message>
        <source>Former results in it stay whole until the new ones are complete.</source>
        <translation>新成果写完之前，其中原有成果保持完整。</translation>
    </message>
    <message>
        <source>Results (GeoPackage)</source>
        <translation>成果（GeoPackage）</translation>
    </message>
    <message>
        <source>Report (HTML)</source>
        <translation>报告（HTML）</translation>
    </message>
    <message>
        <source>Workbook (XLSX)</source>
        <translation>工作簿（XLSX）</translation>
    </message>
    <message>
        <source>Make a sample county</source>
        <translation>生成示例县</translation>
    </message>
    <message>
        <source>Writes a made county with its dossier, with seeded faults on wish.</source>
        <translation>生成虚构的县及其数据清单，可按需埋入错误。</translation>
    </message>
    <message>
        <source>Parcels</source>
        <translation>图斑数</translation>
    </message>
    <message>
        <source>About how many land-use parcels the county has.</source>
        <translation>用地图斑的大约数量。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>The same seed gives the same county.</source>
        <translation>相同种子得到相同的县。</translation>
    </message>
    <message>
        <source>Seeded faults</source>
        <translation>埋入错误</translation>
    </message>
    <message>
        <source>Puts known faults in and a list of them beside the data.</source>
        <translation>埋入已知错误，并在旁边列出清单。</translation>
    </message>
    <message>
        <source>Folder of the county</source>
        <translation>示例县文件夹</translation>
    </message>
    <message>
        <source>Set up the computing engine</source>
        <translation>安装计算引擎</translation>
    </message>
    <message>
        <source>Makes a private Python with the engine's libraries; QGIS's own is not touched.</source>
        <translation>建立装有计算库的独立 Python，不改动 QGIS 自己的 Python。</translation>
    </message>
    <message>
        <source>Folder of wheels</source>
        <translation>wheels 文件夹</translation>
    </message>
    <message>
        <source>For machines without a network; empty: pip's usual source.</source>
        <translation>供不能联网的机器使用；留空用 pip 的默认来源。</translation>
    </message>
    <message>
        <source>Python to start from</source>
        <translation>基础 Python</translation>
    </message>
    <message>
        <source>Python 3.9 or newer; empty: the one QGIS runs on.</source>
        <translation>Python 3.9 或更新；留空用 QGIS 所用的 Python。</translation>
    </message>
    <message>
        <source>No Python was found to start from; name one.</source>
        <translation>没有找到可用的 Python，请指定一个。</translation>
    </message>
    <message>
        <source>The engine's results lack the layer '{layer}'.</source>
        <translation>计算引擎的成果中缺少图层“{layer}”。</translation>
    </message>
    <message>
        <source>The computing engine is not set up: no Python with its libraries was found. Run the algorithm 'Set up the computing engine' (pianqu:setupengine) once; without a network, give it a folder of wheels.</source>
        <translation>计算引擎尚未安装：没有找到装有所需库的 Python。请运行一次算法“安装计算引擎”（pianqu:setupengine）；不能联网时给出 wheels 文件夹。</translation>
    </message>
    <message>
        <source>Tried, and what is lacking:</source>
        <translation>已尝试的 Python 及所缺：</translation>
    </message>
    <message>
        <source>The engine's Python could not be started: {program}</source>
        <translation>无法启动计算引擎的 Python：{program}</translation>
    </message>
    <message>
        <source>Cancelled; earlier results are untouched.</source>
        <translation>已取消；原有成果未受影响。</translation>
    </message>
    <message>
        <source>signal {number}</source>
        <translation>信号 {number}</translation>
    </message>
    <message>
        <source>exit status {number}</source>
        <translation>退出码 {number}</translation>
    </message>
    <message>
        <source>The system ended it, probably for want of memory.</source>
        <translation>系统终止了它，多半是内存不足。</translation>
    </message>
    <message>
        <source>The engine ended unexpectedly ({how}) in the stage '{stage}'. QGIS and earlier results are untouched. Log: {log}</source>
        <translation>计算引擎在“{stage}”阶段意外终止（{how}）。QGIS 和原有成果未受影响。日志：{log}</translation>
    </message>
    <message>
        <source>start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Layer '{name}' could not be handed over to the engine: {error}</source>
        <translation>图层“{name}”无法移交给计算引擎：{error}</translation>
    </message>
</context>
</TS>
