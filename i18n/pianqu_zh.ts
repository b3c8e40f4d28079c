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
        <source>Boundary points (TXT)</source>
        <translation>界址点（TXT）</translation>
    </message>
    <message>
        <source>Turns boundary-point text into a layer, or a layer into such text.</source>
        <translation>将界址点文本转换为图层，或将图层写成界址点文本。</translation>
    </message>
    <message>
        <source>Parcels written</source>
        <translation>写出的地块数</translation>
    </message>
    <message>
        <source>Areas that differ</source>
        <translation>面积不符的地块数</translation>
    </message>
    <message>
        <source>Without a usable shape</source>
        <translation>没有可用图形的地块数</translation>
    </message>
    <message>
        <source>Text to read</source>
        <translation>要读取的文本</translation>
    </message>
    <message>
        <source>Give this for a layer, or a layer for a text: one of the two.</source>
        <translation>给出文本得到图层，给出图层得到文本，二者选一。</translation>
    </message>
    <message>
        <source>Dialect</source>
        <translation>方言</translation>
    </message>
    <message>
        <source>auto: recognised when reading; when writing, the standard one.</source>
        <translation>auto：读取时自动识别，写出时用报批标准格式。</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>字符编码</translation>
    </message>
    <message>
        <source>auto: recognised when reading; when writing, GBK.</source>
        <translation>auto：读取时自动识别，写出时用 GBK。</translation>
    </message>
    <message>
        <source>CRS of the text</source>
        <translation>文本的坐标系</translation>
    </message>
    <message>
        <source>Empty: what the text says; when writing, the layer's. A zone of Gauss-Krueger.</source>
        <translation>留空则以文本所写为准，写出时用图层的坐标系。须为高斯克吕格带。</translation>
    </message>
    <message>
        <source>Field of parcel numbers</source>
        <translation>地块编号字段</translation>
    </message>
    <message>
        <source>Field of parcel names</source>
        <translation>地块名称字段</translation>
    </message>
    <message>
        <source>Field of codes</source>
        <translation>代码字段</translation>
    </message>
    <message>
        <source>Field of uses</source>
        <translation>用途字段</translation>
    </message>
    <message>
        <source>Field of map sheets</source>
        <translation>图幅号字段</translation>
    </message>
    <message>
        <source>Empty: found by its name.</source>
        <translation>留空则按字段名识别。</translation>
    </message>
    <message>
        <source>Field of areas to state</source>
        <translation>标注面积字段</translation>
    </message>
    <message>
        <source>Hectares; empty: the area measured on the ellipsoid is stated.</source>
        <translation>公顷；留空则写椭球量算面积。</translation>
    </message>
    <message>
        <source>Eastings bear the zone's number</source>
        <translation>横坐标带带号</translation>
    </message>
    <message>
        <source>For a text to write: 8 digits before the point with the number, 6 without.</source>
        <translation>用于导出文本：带带号时小数点前为8位，不带带号时为6位。</translation>
    </message>
    <message>
        <source>Lines end with</source>
        <translation>换行符</translation>
    </message>
    <message>
        <source>For a text to write; programs on Windows expect crlf.</source>
        <translation>用于导出文本；Windows 程序一般要求 crlf。</translation>
    </message>
    <message>
        <source>Parcels</source>
        <translation>地块</translation>
    </message>
    <message>
        <source>Text to write</source>
        <translation>要写出的文本</translation>
    </message>
    <message>
        <source>Give either a text to read (TXT) or a layer to write (INPUT).</source>
        <translation>请给出要读取的文本（TXT）或要写出的图层（INPUT），二者选一。</translation>
    </message>
    <message>
        <source>There is no {path}.</source>
        <translation>找不到 {path}。</translation>
    </message>
    <message>
        <source>Name the text to write (TEXT).</source>
        <translation>请指定要写出的文本（TEXT）。</translation>
    </message>
    <message>
        <source>{path} can't be written: {reason}</source>
        <translation>{path} 不能写入：{reason}</translation>
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
        <source>Exact spots</source>
        <translation>确切位置</translation>
    </message>
    <message>
        <source>Checks and what came of them</source>
        <translation>检查项及结论</translation>
    </message>
    <message>
        <source>Check data</source>
        <translation>检查数据</translation>
    </message>
    <message>
        <source>Finds what is wrong with a county's data: files, fields, codes, areas, shapes.</source>
        <translation>查找县级数据的问题：文件、字段、代码、面积、图形。</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误数</translation>
    </message>
    <message>
        <source>Failed checks</source>
        <translation>不通过的检查项</translation>
    </message>
    <message>
        <source>Checks with warnings</source>
        <translation>有警告的检查项</translation>
    </message>
    <message>
        <source>Checks that could not be made</source>
        <translation>未能进行的检查项</translation>
    </message>
    <message>
        <source>Dossier</source>
        <translation>数据清单</translation>
    </message>
    <message>
        <source>The YAML file that names the county's layers.</source>
        <translation>列明全县图层的 YAML 文件。</translation>
    </message>
    <message>
        <source>Folder of results</source>
        <translation>成果文件夹</translation>
    </message>
    <message>
        <source>Keeps results.gpkg, findings.xlsx and run.json.</source>
        <translation>保存 results.gpkg、findings.xlsx 与 run.json。</translation>
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
        <source>Matrix of plans</source>
        <translation>规划冲突矩阵</translation>
    </message>
    <message>
        <source>Conflicts with both projects' facts</source>
        <translation>冲突（含双方项目情况）</translation>
    </message>
    <message>
        <source>Joint use</source>
        <translation>兼容共用</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>备选地块</translation>
    </message>
    <message>
        <source>Demand for construction land</source>
        <translation>新增建设用地需求</translation>
    </message>
    <message>
        <source>Check sector plans</source>
        <translation>检查专项规划</translation>
    </message>
    <message>
        <source>Lays the sector plans over each other, the control lines and the plan.</source>
        <translation>将各专项规划相互叠加，并与控制线和规划用地核对。</translation>
    </message>
    <message>
        <source>Number of conflicts</source>
        <translation>冲突处数</translation>
    </message>
    <message>
        <source>Findings about the data</source>
        <translation>数据问题数</translation>
    </message>
    <message>
        <source>The YAML file that names the county's layers and, under sectors, its plans.</source>
        <translation>数据清单（YAML 文件），列出县的各图层，并在 sectors 下列出专项规划。</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Which rules to ask; results kept in a folder keep what they say of the others.</source>
        <translation>检查哪些规则；成果文件夹中其余规则的原有结论保留。</translation>
    </message>
    <message>
        <source>Plans</source>
        <translation>规划</translation>
    </message>
    <message>
        <source>Ids of plans, separated by commas; empty: all.</source>
        <translation>专项规划的标识，用逗号分隔；留空为全部。</translation>
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
        <source>Keeps results.gpkg and run.json, for the register and the joint meeting.</source>
        <translation>保留 results.gpkg 和 run.json，供冲突台账和部门联席会议使用。</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>As it stands on the map, with unsaved edits, selection and filter; never changed.</source>
        <translation>以地图上的现状为准，含未保存的编辑、选择和过滤；原图层不改动。</translation>
    </message>
    <message>
        <source>Field of ids</source>
        <translation>标识码字段</translation>
    </message>
    <message>
        <source>What remarks and tables call a feature; empty: found by its name, else the feature id.</source>
        <translation>备注和表格中要素的称呼；留空则按字段名识别，否则用要素编号。</translation>
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
        <source>Handing over layer '{name}'</source>
        <translation>移交图层“{name}”</translation>
    </message>
    <message>
        <source>The engine's results lack the layer '{layer}'.</source>
        <translation>计算引擎的成果中缺少图层“{layer}”。</translation>
    </message>
    <message>
        <source>Convert land-use codes</source>
        <translation>转换地类代码</translation>
    </message>
    <message>
        <source>Turns codes of the third survey or the 2020 guide into those of 2023.</source>
        <translation>将三调或 2020 版代码转换为 2023 版用地用海代码。</translation>
    </message>
    <message>
        <source>Table of conversions</source>
        <translation>转换统计表</translation>
    </message>
    <message>
        <source>Converted</source>
        <translation>已转换</translation>
    </message>
    <message>
        <source>Ambiguous</source>
        <translation>多义</translation>
    </message>
    <message>
        <source>Left without a code</source>
        <translation>未转换</translation>
    </message>
    <message>
        <source>Changed class</source>
        <translation>大类改变</translation>
    </message>
    <message>
        <source>Empty: found by its name, DLBM say.</source>
        <translation>留空则按字段名识别，如 DLBM。</translation>
    </message>
    <message>
        <source>Codes are of</source>
        <translation>代码所属分类</translation>
    </message>
    <message>
        <source>auto: told by the codes and names; where they tell nothing you are asked.</source>
        <translation>auto：按代码和名称判断，不能断定时请您指定。</translation>
    </message>
    <message>
        <source>Codes with several targets</source>
        <translation>多义代码的处理</translation>
    </message>
    <message>
        <source>main: the most usual target; open: left empty and listed; level1: their first-level class; all_level1: every code becomes its first-level class.</source>
        <translation>main：取最常用的去向；open：留空并列出；level1：取其一级类；all_level1：全部转换为一级类。</translation>
    </message>
    <message>
        <source>Your own table</source>
        <translation>自备对照表</translation>
    </message>
    <message>
        <source>csv or xlsx with columns from and to; columns named like fields of the layer are conditions. Goes before everything else.</source>
        <translation>csv 或 xlsx，含 from 和 to 两列；与图层字段同名的列为条件。优先于其他规则。</translation>
    </message>
    <message>
        <source>Field of names</source>
        <translation>名称字段</translation>
    </message>
    <message>
        <source>Helps to tell the edition; empty: found.</source>
        <translation>用于判断版本；留空则自动识别。</translation>
    </message>
    <message>
        <source>New field of codes</source>
        <translation>新代码字段</translation>
    </message>
    <message>
        <source>New field of names</source>
        <translation>新名称字段</translation>
    </message>
    <message>
        <source>Empty: YDYHFLDM, YDYHFLMC; with the year where these are taken.</source>
        <translation>留空则为 YDYHFLDM、YDYHFLMC；已被占用时加年份。</translation>
    </message>
    <message>
        <source>Converted layer</source>
        <translation>转换后的图层</translation>
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
        <source>The table that the layer's codes come from.</source>
        <translation>图层中的代码取自哪个代码表。</translation>
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
        <source>Ellipsoidal area</source>
        <translation>椭球面积</translation>
    </message>
    <message>
        <source>Writes gross, deducted and net area by the survey's formula and rounding.</source>
        <translation>按调查的公式和取位写入图斑面积、扣除面积和地类面积。</translation>
    </message>
    <message>
        <source>Areas by land use</source>
        <translation>分地类面积</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>已量算</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>未量算</translation>
    </message>
    <message>
        <source>Stated otherwise</source>
        <translation>原填面积不符</translation>
    </message>
    <message>
        <source>Gross area, m2</source>
        <translation>图斑面积（平方米）</translation>
    </message>
    <message>
        <source>Deducted area, m2</source>
        <translation>扣除面积（平方米）</translation>
    </message>
    <message>
        <source>Net area, m2</source>
        <translation>地类面积（平方米）</translation>
    </message>
    <message>
        <source>Ridges are deducted of cultivated land only; empty: found by its name, DLBM say.</source>
        <translation>只扣除耕地的田坎；留空则按字段名识别，如 DLBM。</translation>
    </message>
    <message>
        <source>Field of ridge coefficients</source>
        <translation>扣除系数字段</translation>
    </message>
    <message>
        <source>Empty: found by its name, KCXS say.</source>
        <translation>留空则按字段名识别，如 KCXS。</translation>
    </message>
    <message>
        <source>Tells which parcels are cultivated: from these alone ridges are deducted.</source>
        <translation>用于判断哪些图斑是耕地：只有耕地扣除田坎。</translation>
    </message>
    <message>
        <source>Field of gross area</source>
        <translation>图斑面积字段</translation>
    </message>
    <message>
        <source>Field of deducted area</source>
        <translation>扣除面积字段</translation>
    </message>
    <message>
        <source>Field of net area</source>
        <translation>地类面积字段</translation>
    </message>
    <message>
        <source>Written over in the copy where the layer has it, else added.</source>
        <translation>图层已有该字段时在副本中改写，否则新增。</translation>
    </message>
    <message>
        <source>Layer with areas</source>
        <translation>带面积的图层</translation>
    </message>
    <message>
        <source>Papers of the joint meeting</source>
        <translation>编制部门联席会议材料</translation>
    </message>
    <message>
        <source>Matrix, sheets of the departments and a map sheet of every conflict.</source>
        <translation>冲突矩阵、分部门冲突清单和每处冲突的图幅。</translation>
    </message>
    <message>
        <source>The results of a check of sector plans.</source>
        <translation>专项规划的检查成果。</translation>
    </message>
    <message>
        <source>Register of conflicts</source>
        <translation>冲突台账</translation>
    </message>
    <message>
        <source>A GeoPackage or a PostgreSQL address; empty: register.gpkg beside the results.</source>
        <translation>GeoPackage 文件或 PostgreSQL 地址；留空则用成果旁的 register.gpkg。</translation>
    </message>
    <message>
        <source>With it the maps show borders and control lines.</source>
        <translation>给出后，图上显示界线和控制线。</translation>
    </message>
    <message>
        <source>Print the map sheets</source>
        <translation>打印冲突图幅</translation>
    </message>
    <message>
        <source>Prints a PDF with a sheet for each conflict.</source>
        <translation>输出 PDF 图册，每处冲突一幅。</translation>
    </message>
    <message>
        <source>Departments</source>
        <translation>部门</translation>
    </message>
    <message>
        <source>Map sheets of these departments only, names separated by commas; empty: all.</source>
        <translation>只输出这些部门的图幅，名称以逗号分隔；留空则全部输出。</translation>
    </message>
    <message>
        <source>Layout template</source>
        <translation>布局模板</translation>
    </message>
    <message>
        <source>Your own form of the map sheets, made from conflicts.qpt of an earlier run.</source>
        <translation>自定的图幅样式，由以前输出的 conflicts.qpt 修改而成。</translation>
    </message>
    <message>
        <source>Folder of the papers</source>
        <translation>会议材料文件夹</translation>
    </message>
    <message>
        <source>Papers (HTML)</source>
        <translation>会议材料（HTML）</translation>
    </message>
    <message>
        <source>Workbook (XLSX)</source>
        <translation>工作簿（XLSX）</translation>
    </message>
    <message>
        <source>Map sheets (PDF)</source>
        <translation>冲突图册（PDF）</translation>
    </message>
    <message>
        <source>Conflicts on map sheets</source>
        <translation>图册中的冲突数</translation>
    </message>
    <message>
        <source>Printing {count} map sheets</source>
        <translation>正在打印 {count} 幅冲突图</translation>
    </message>
    <message>
        <source>There are no conflicts, so there are no map sheets.</source>
        <translation>没有冲突，因此不输出图册。</translation>
    </message>
    <message>
        <source>No conflict concerns '{name}'; departments with conflicts: {known}</source>
        <translation>没有涉及“{name}”的冲突；有冲突的部门：{known}</translation>
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
        <source>{path} can't be read: {reason}</source>
        <translation>无法读取 {path}：{reason}</translation>
    </message>
    <message>
        <source>The template can't be read: {path}</source>
        <translation>模板无法读取：{path}</translation>
    </message>
    <message>
        <source>{path} is no layout with a map whose id is 'map'.</source>
        <translation>{path} 不是布局模板，或其中没有标识为 map 的地图。</translation>
    </message>
    <message>
        <source>The layout could not be saved: {path}</source>
        <translation>布局无法保存：{path}</translation>
    </message>
    <message>
        <source>The map sheets could not be printed to {path}: {reason}</source>
        <translation>图册无法输出到 {path}：{reason}</translation>
    </message>
    <message>
        <source>Cancelled; the map sheets were not written.</source>
        <translation>已取消，图册未写出。</translation>
    </message>
    <message>
        <source>{path} can't be replaced; close it in other programs and try again.</source>
        <translation>无法替换 {path}；请在其他程序中关闭它，然后重试。</translation>
    </message>
    <message>
        <source>There are no results in {path}.</source>
        <translation>{path} 中没有成果。</translation>
    </message>
    <message>
        <source>Print map sheets</source>
        <translation>打印图册</translation>
    </message>
    <message>
        <source>A PDF with a sheet for each cluster and town: map, quotas, legend.</source>
        <translation>为每个片区和乡镇各出一幅图：地图、控制数执行情况、图例，合为一个 PDF。</translation>
    </message>
    <message>
        <source>With it the sheets show quotas and findings; empty: neither.</source>
        <translation>提供后图上列出控制数执行情况和问题；留空则都不列。</translation>
    </message>
    <message>
        <source>Sheets for</source>
        <translation>出图单元</translation>
    </message>
    <message>
        <source>A sheet for each cluster, for each town, or for both.</source>
        <translation>按片区、按乡镇，或两者都出图。</translation>
    </message>
    <message>
        <source>Units</source>
        <translation>行政单元</translation>
    </message>
    <message>
        <source>Codes or names of single clusters and towns, separated by commas; empty: all.</source>
        <translation>只出这些片区或乡镇，写代码或名称，用逗号分隔；留空：全部。</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>What the map shows: planned or present land use, control lines, plans, findings.</source>
        <translation>图上表示什么：规划用地、现状用地、控制线、专项规划或问题。</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>纸张</translation>
    </message>
    <message>
        <source>The paper's size; sheets lie across.</source>
        <translation>纸张大小；图幅横放。</translation>
    </message>
    <message>
        <source>Map sheets</source>
        <translation>图册</translation>
    </message>
    <message>
        <source>Folder of single sheets</source>
        <translation>单幅图文件夹</translation>
    </message>
    <message>
        <source>Number of sheets</source>
        <translation>图幅数</translation>
    </message>
    <message>
        <source>A PDF for each unit too</source>
        <translation>每个单元另出一个 PDF</translation>
    </message>
    <message>
        <source>Single sheets go into a folder beside the PDF that bears its name.</source>
        <translation>单幅 PDF 放在与总 PDF 同名的文件夹里。</translation>
    </message>
    <message>
        <source>Drawn by</source>
        <translation>制图人</translation>
    </message>
    <message>
        <source>Who stands in the title block; empty: room to sign.</source>
        <translation>图签中的制图人；留空则留出签名的位置。</translation>
    </message>
    <message>
        <source>Your own form, made from the .qpt that an earlier run left beside its PDF.</source>
        <translation>本单位的版式，由以前运行时留在 PDF 旁的 .qpt 改成。</translation>
    </message>
    <message>
        <source>The theme 'findings' needs a folder of results.</source>
        <translation>主题“findings”需要成果文件夹。</translation>
    </message>
    <message>
        <source>Printing map sheets: {count}</source>
        <translation>正在打印图册：{count} 幅</translation>
    </message>
    <message>
        <source>Printing single sheets</source>
        <translation>正在逐幅输出</translation>
    </message>
    <message>
        <source>The layer '{name}' of {path} can't be opened.</source>
        <translation>无法打开 {path} 的图层“{name}”。</translation>
    </message>
    <message>
        <source>Mend a coverage</source>
        <translation>修复图斑拓扑</translation>
    </message>
    <message>
        <source>Snaps, cleans and merges what needs no judgement; lists every change.</source>
        <translation>捕捉、清理、合并无需判断的问题，并列出每处改动。</translation>
    </message>
    <message>
        <source>Table of changes</source>
        <translation>改动表</translation>
    </message>
    <message>
        <source>Totals</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>改动数</translation>
    </message>
    <message>
        <source>Features kept</source>
        <translation>保留的要素数</translation>
    </message>
    <message>
        <source>Still not matching</source>
        <translation>仍不一致的要素数</translation>
    </message>
    <message>
        <source>Area moved, m2</source>
        <translation>移动的面积（平方米）</translation>
    </message>
    <message>
        <source>Tolerance of snapping, m</source>
        <translation>捕捉容差（米）</translation>
    </message>
    <message>
        <source>Vertices and edges nearer than this come together; empty: the standard's, 0.001.</source>
        <translation>比此更近的顶点和边重合；留空则用标准的 0.001。</translation>
    </message>
    <message>
        <source>Slivers are smaller than, m2</source>
        <translation>碎片面积上限（平方米）</translation>
    </message>
    <message>
        <source>They go to the neighbour with the longest shared edge; 0: none are merged.</source>
        <translation>碎片并入共边最长的相邻图斑；0 表示不合并。</translation>
    </message>
    <message>
        <source>Slivers are narrower than, m</source>
        <translation>碎片宽度上限（米）</translation>
    </message>
    <message>
        <source>Narrower ones count as slivers whatever their area: mind roads and ditches.</source>
        <translation>比此更窄的不论面积都算碎片，注意道路和沟渠。</translation>
    </message>
    <message>
        <source>Slivers stay within</source>
        <translation>碎片合并范围字段</translation>
    </message>
    <message>
        <source>Merged only with neighbours that have the same value here, ZLDWDM say.</source>
        <translation>只并入该字段值相同的相邻图斑，如 ZLDWDM。</translation>
    </message>
    <message>
        <source>Mended layer</source>
        <translation>修复后的图层</translation>
    </message>
    <message>
        <source>Make a dossier of a folder of data</source>
        <translation>由数据文件夹新建数据清单</translation>
    </message>
    <message>
        <source>Recognises layers and fields and writes a first dossier, with its doubts.</source>
        <translation>识别图层和字段，写出数据清单初稿，并注明存疑之处。</translation>
    </message>
    <message>
        <source>Folder of data</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Folder with the county's data, or a GDB; the path of a GeoPackage will do too.</source>
        <translation>存放全县数据的文件夹或 GDB；也可填 GeoPackage 的路径。</translation>
    </message>
    <message>
        <source>Empty: the folder's name.</source>
        <translation>留空则取文件夹名。</translation>
    </message>
    <message>
        <source>Empty: what the units' codes begin with.</source>
        <translation>留空则取行政单元代码的共同前几位。</translation>
    </message>
    <message>
        <source>Empty: the CRS of the units; of degrees, the 3-degree zone they lie in.</source>
        <translation>留空则取行政单元的坐标系；经纬度数据取其所在的三度带。</translation>
    </message>
    <message>
        <source>The YAML file to write; paths in it are relative to it.</source>
        <translation>要写入的 YAML 文件；其中的路径相对于该文件。</translation>
    </message>
    <message>
        <source>Recognised</source>
        <translation>已识别</translation>
    </message>
    <message>
        <source>To be checked</source>
        <translation>需核对</translation>
    </message>
    <message>
        <source>OUTPUT must name a file.</source>
        <translation>OUTPUT 应为文件名。</translation>
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
        <source>Decide on conflicts</source>
        <translation>对冲突作决定</translation>
    </message>
    <message>
        <source>Writes a decision about one or more conflicts into the register.</source>
        <translation>把对一处或多处冲突的决定写入冲突台账。</translation>
    </message>
    <message>
        <source>A GeoPackage or a PostgreSQL address.</source>
        <translation>GeoPackage 文件或 PostgreSQL 地址。</translation>
    </message>
    <message>
        <source>Conflicts</source>
        <translation>冲突</translation>
    </message>
    <message>
        <source>Ids of conflicts, separated by commas.</source>
        <translation>冲突编号，逗号分隔。</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>open, agreed, waived or fixed; waived asks for a reason, agreed for a decision.</source>
        <translation>open（待处理）、agreed（已商定）、waived（已豁免）、fixed（已解决）；豁免须有理由，商定须有商定内容。</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Who decides.</source>
        <translation>作出决定的人。</translation>
    </message>
    <message>
        <source>Department</source>
        <translation>部门</translation>
    </message>
    <message>
        <source>On whose behalf.</source>
        <translation>代表哪个部门。</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Needed to waive a conflict.</source>
        <translation>豁免时必填。</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>商定内容</translation>
    </message>
    <message>
        <source>What was agreed; needed for agreed.</source>
        <translation>商定了什么；商定时必填。</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Versions that the decision was made on, in the order of the ids; empty: current.</source>
        <translation>作决定时所见的版本，与编号依次对应；留空为当前版本。</translation>
    </message>
    <message>
        <source>Decisions written</source>
        <translation>已记录的决定数</translation>
    </message>
    <message>
        <source>Decisions refused</source>
        <translation>未被接受的决定数</translation>
    </message>
    <message>
        <source>IDS must name at least one conflict.</source>
        <translation>IDS 至少要填一个冲突编号。</translation>
    </message>
    <message>
        <source>VERSIONS must hold a whole number from 1 on for each of IDS.</source>
        <translation>VERSIONS 须与 IDS 一一对应，均为 1 以上的整数。</translation>
    </message>
    <message>
        <source>New conflicts</source>
        <translation>新增冲突数</translation>
    </message>
    <message>
        <source>Conflicts no longer found</source>
        <translation>消失冲突数</translation>
    </message>
    <message>
        <source>Unchanged conflicts</source>
        <translation>未变冲突数</translation>
    </message>
    <message>
        <source>Reopened conflicts</source>
        <translation>重新开启冲突数</translation>
    </message>
    <message>
        <source>Conflicts that wait for a decision</source>
        <translation>待决定冲突数</translation>
    </message>
    <message>
        <source>Update the register of conflicts</source>
        <translation>更新冲突台账</translation>
    </message>
    <message>
        <source>Merges a run's conflicts into the register; what was decided stays.</source>
        <translation>把检查发现的冲突并入冲突台账，已作的决定保留。</translation>
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
        <source>Towns, clusters and the county are made of these by the fields below.</source>
        <translation>乡镇、片区和全县按下列字段由这些单元合成。</translation>
    </message>
    <message>
        <source>Parcels of the base year, with their codes.</source>
        <translation>基期年的用地图斑，带地类代码。</translation>
    </message>
    <message>
        <source>Parcels as they shall be in the target year, with their codes.</source>
        <translation>目标年的规划用地图斑，带用途代码。</translation>
    </message>
    <message>
        <source>Parcels of permanent basic farmland; overlaps count once.</source>
        <translation>永久基本农田图斑；重叠部分只计一次。</translation>
    </message>
    <message>
        <source>The areas within the ecological red line; overlaps count once.</source>
        <translation>生态保护红线范围；重叠部分只计一次。</translation>
    </message>
    <message>
        <source>The areas within the urban development boundary.</source>
        <translation>城镇开发边界范围。</translation>
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
        <source>Quotas, control lines, land balance and sector plans, in one run.</source>
        <translation>指标、控制线、用地平衡和专项规划，一次检查完成。</translation>
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
        <source>The YAML file that names the county's layers, quotas and standard.</source>
        <translation>列出图层、控制数表和标准的 YAML 文件。</translation>
    </message>
    <message>
        <source>Which checks to run: quotas, controllines, landbalance, sectors.</source>
        <translation>要做的检查：quotas 指标、controllines 三线、landbalance 用地平衡、sectors 专项规划。</translation>
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
        <source>Make a sample county</source>
        <translation>生成示例县</translation>
    </message>
    <message>
        <source>Writes a made county with its dossier, with seeded faults on wish.</source>
        <translation>生成虚构的县及其数据清单，可按需埋入错误。</translation>
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
        <source>The borders of the units can't be read.</source>
        <translation>无法读取行政单元的界线。</translation>
    </message>
    <message>
        <source>There is no unit '{name}' to print; there are: {known}</source>
        <translation>没有可出图的单元“{name}”；现有：{known}</translation>
    </message>
    <message>
        <source>{layer}: {count} rows are about lines or points; the layer takes polygons, so they are in its table without a shape.</source>
        <translation>{layer}：{count} 条涉及线或点；该图层只收面，这些条目保留在属性表中，没有图形。</translation>
    </message>
    <message>
        <source>Suggest sites for a project</source>
        <translation>为项目推荐备选地块</translation>
    </message>
    <message>
        <source>Finds free land, large enough and near, where a project's use is allowed.</source>
        <translation>在允许项目用途的空闲用地中查找面积足够、距离最近的地块。</translation>
    </message>
    <message>
        <source>Sector plan</source>
        <translation>专项规划</translation>
    </message>
    <message>
        <source>Id or name of the sector plan that the project belongs to.</source>
        <translation>项目所属专项规划的标识或名称。</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Code of the project; the name of one without a code.</source>
        <translation>项目编号；没有编号的项目填名称。</translation>
    </message>
    <message>
        <source>Number of sites found</source>
        <translation>找到的备选地块数</translation>
    </message>
    <message>
        <source>Area wanted (ha)</source>
        <translation>所需面积（公顷）</translation>
    </message>
    <message>
        <source>Empty or 0: the project's listed area, else its laid-out area.</source>
        <translation>留空或填 0 时取项目库用地面积，没有则取布局图面积。</translation>
    </message>
    <message>
        <source>Sites wanted</source>
        <translation>备选地块数</translation>
    </message>
    <message>
        <source>At most so many, the best first.</source>
        <translation>至多给出的个数，最合适的在前。</translation>
    </message>
    <message>
        <source>Cancelled; earlier results are untouched.</source>
        <translation>已取消；原有成果未受影响。</translation>
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
    <message>
        <source>en</source>
        <translation>zh</translation>
    </message>
    <message>
        <source>First plan</source>
        <translation>规划一</translation>
    </message>
    <message>
        <source>Second plan</source>
        <translation>规划二</translation>
    </message>
    <message>
        <source>Blink</source>
        <translation>闪切</translation>
    </message>
    <message>
        <source>Show the two plans in turn</source>
        <translation>轮流显示两个规划</translation>
    </message>
    <message>
        <source>Swipe</source>
        <translation>卷帘</translation>
    </message>
    <message>
        <source>Part the map between the two plans by a line</source>
        <translation>用一条可拖动的线把地图分给两个规划</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Zoom to it</source>
        <translation>缩放到此处</translation>
    </message>
    <message>
        <source>Pan to it, keep the scale</source>
        <translation>平移到此处，比例尺不变</translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation>复制所选行</translation>
    </message>
    <message>
        <source>Check only this rule again</source>
        <translation>仅重新检查此规则</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>严重程度</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Against</source>
        <translation>冲突对象</translation>
    </message>
    <message>
        <source>Town</source>
        <translation>乡镇</translation>
    </message>
    <message>
        <source>Extent</source>
        <translation>规模</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>片区</translation>
    </message>
    <message>
        <source>Years</source>
        <translation>年限</translation>
    </message>
    <message>
        <source>Decided by</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Decided at</source>
        <translation>处理时间</translation>
    </message>
    <message>
        <source>New state</source>
        <translation>新状态</translation>
    </message>
    <message>
        <source>Choose conflicts in the list</source>
        <translation>请在列表中选择冲突</translation>
    </message>
    <message>
        <source>Say who decides</source>
        <translation>请填写经办人</translation>
    </message>
    <message>
        <source>A waiver needs a reason</source>
        <translation>豁免须写明理由</translation>
    </message>
    <message>
        <source>An agreement needs its text</source>
        <translation>商定须写明内容</translation>
    </message>
    <message>
        <source>Decide for {count} conflicts</source>
        <translation>处理 {count} 处冲突</translation>
    </message>
    <message>
        <source>Decide for 1 conflict</source>
        <translation>处理 1 处冲突</translation>
    </message>
    <message>
        <source>Base ◇ {value}</source>
        <translation>现状 ◇ {value}</translation>
    </message>
    <message>
        <source>Plan {value}</source>
        <translation>规划 {value}</translation>
    </message>
    <message>
        <source>Quota ≤ {value}</source>
        <translation>控制数 ≤ {value}</translation>
    </message>
    <message>
        <source>Quota ≥ {value}</source>
        <translation>控制数 ≥ {value}</translation>
    </message>
    <message>
        <source>{arrow} {amount} since the run</source>
        <translation>较上次运行 {arrow} {amount}</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>{outcome}; {margin}</source>
        <translation>{outcome}；{margin}</translation>
    </message>
    <message>
        <source>Quota board</source>
        <translation>指标看板</translation>
    </message>
    <message>
        <source>Clusters side by side</source>
        <translation>片区对比</translation>
    </message>
    <message>
        <source>Units to compare</source>
        <translation>对比的行政单元</translation>
    </message>
    <message>
        <source>Margin in hectares; a heading sorts, the worst first</source>
        <translation>余量（公顷）；点击表头排序，最差的在前</translation>
    </message>
    <message>
        <source>Administrative unit</source>
        <translation>行政单元</translation>
    </message>
    <message>
        <source>Cluster check</source>
        <translation>片区检查</translation>
    </message>
    <message>
        <source>Next finding</source>
        <translation>下一条问题</translation>
    </message>
    <message>
        <source>Previous finding</source>
        <translation>上一条问题</translation>
    </message>
    <message>
        <source>Form of the finding's subject</source>
        <translation>打开问题图斑的属性表单</translation>
    </message>
    <message>
        <source>Reading the results…</source>
        <translation>正在读取成果…</translation>
    </message>
    <message>
        <source>{count} findings written: {path}</source>
        <translation>已写出 {count} 条问题：{path}</translation>
    </message>
    <message>
        <source>Quotas</source>
        <translation>控制数</translation>
    </message>
    <message>
        <source>Do all checks that the dossier allows</source>
        <translation>按数据清单做全部检查</translation>
    </message>
    <message>
        <source>Do only one check again, or read the files again</source>
        <translation>只重做一项检查，或重新读取文件</translation>
    </message>
    <message>
        <source>Dossier and results</source>
        <translation>数据清单与成果</translation>
    </message>
    <message>
        <source>Again: {check}</source>
        <translation>重做：{check}</translation>
    </message>
    <message>
        <source>Read the files again</source>
        <translation>重新读取文件</translation>
    </message>
    <message>
        <source>Press Run.</source>
        <translation>请点击“检查”。</translation>
    </message>
    <message>
        <source>Choose a dossier and a folder of results.</source>
        <translation>请选择数据清单和成果文件夹。</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>成果</translation>
    </message>
    <message>
        <source>{name}: {failed} quotas fail, {count} findings</source>
        <translation>{name}：{failed} 项不达标，{count} 条问题</translation>
    </message>
    <message>
        <source>There is no feature of {layer} to open.</source>
        <translation>“{layer}”没有可打开的要素。</translation>
    </message>
    <message>
        <source>The layer {layer} ({file}) is not in the project.</source>
        <translation>工程中没有图层“{layer}”（{file}）。</translation>
    </message>
    <message>
        <source>{layer} has no feature {id} any more.</source>
        <translation>“{layer}”中已没有要素 {id}。</translation>
    </message>
    <message>
        <source>What if</source>
        <translation>情景推演</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Done: {failed} quotas fail, {warned} near their limit, {findings} findings.</source>
        <translation>完成：{failed} 项不达标，{warned} 项临界，{findings} 条问题。</translation>
    </message>
    <message>
        <source>Checked again, {what}: {new} new, {gone} gone. The files hold the last whole run.</source>
        <translation>已重新检查“{what}”：新增 {new} 条，消失 {gone} 条。成果文件仍为上次完整运行的结果。</translation>
    </message>
    <message>
        <source>Decided: {count}</source>
        <translation>已处理 {count} 处</translation>
    </message>
    <message>
        <source>Not in the results, so not decided: {count}</source>
        <translation>成果中没有而未处理的：{count} 条</translation>
    </message>
    <message>
        <source>The engine reads the data; the pieces come when it is ready.</source>
        <translation>计算引擎正在读取数据，就绪后显示地块。</translation>
    </message>
    <message>
        <source>Start live to see the pieces.</source>
        <translation>开启实时后可查看地块。</translation>
    </message>
    <message>
        <source>Choose a dossier first.</source>
        <translation>请先选择数据清单。</translation>
    </message>
    <message>
        <source>Feature</source>
        <translation>要素</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Gross</source>
        <translation>毛面积</translation>
    </message>
    <message>
        <source>Net</source>
        <translation>净面积</translation>
    </message>
    <message>
        <source>Start live</source>
        <translation>开启实时</translation>
    </message>
    <message>
        <source>Start the resident engine and follow the edits</source>
        <translation>启动常驻计算引擎并跟随编辑</translation>
    </message>
    <message>
        <source>Pieces</source>
        <translation>地块</translation>
    </message>
    <message>
        <source>Choose an indicator to see the pieces that make up its number.</source>
        <translation>选择一项指标，查看构成该数值的地块。</translation>
    </message>
    <message>
        <source>Looking for the pieces of {name}…</source>
        <translation>正在查找“{name}”的地块……</translation>
    </message>
    <message>
        <source>Nothing counts for {name} here.</source>
        <translation>此处没有计入“{name}”的地块。</translation>
    </message>
    <message>
        <source>{name}, {unit}: {total} pieces, {area}</source>
        <translation>{unit}{name}：{total} 个地块，{area}</translation>
    </message>
    <message>
        <source>; the largest {count} are listed</source>
        <translation>；列出最大的 {count} 个</translation>
    </message>
    <message>
        <source>List the findings in this unit</source>
        <translation>列出该行政单元内的问题</translation>
    </message>
    <message>
        <source>{count} findings ▸</source>
        <translation>{count} 条问题 ▸</translation>
    </message>
    <message>
        <source>This computing engine can't write decisions on findings.</source>
        <translation>本版计算引擎不能写入对问题的处理。</translation>
    </message>
    <message>
        <source>The engine gave no reason.</source>
        <translation>计算引擎未说明原因。</translation>
    </message>
    <message>
        <source>{file} can't be read: {reason}</source>
        <translation>无法读取 {file}：{reason}</translation>
    </message>
    <message>
        <source>{file} has no layer {layer}; run the check again.</source>
        <translation>{file} 中没有图层 {layer}；请重新检查。</translation>
    </message>
    <message>
        <source>Unit…</source>
        <translation>行政单元……</translation>
    </message>
    <message>
        <source>Search a unit</source>
        <translation>查找行政单元</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>不达标</translation>
    </message>
    <message>
        <source>{level} {name} ({code}): {verdict}</source>
        <translation>{level} {name}（{code}）：{verdict}</translation>
    </message>
    <message>
        <source>; quotas that could not be checked: {count}</source>
        <translation>；未能检查的指标数：{count}</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>不达标</translation>
    </message>
    <message>
        <source>near its limit</source>
        <translation>临界</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>达标</translation>
    </message>
    <message>
        <source>not checked</source>
        <translation>未检查</translation>
    </message>
    <message>
        <source>Village</source>
        <translation>村</translation>
    </message>
    <message>
        <source>Towns</source>
        <translation>乡镇</translation>
    </message>
    <message>
        <source>Villages</source>
        <translation>村</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>待处理</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已认可</translation>
    </message>
    <message>
        <source>Fixed</source>
        <translation>已解决</translation>
    </message>
    <message>
        <source>New since the last run</source>
        <translation>较上次新增</translation>
    </message>
    <message>
        <source>Found before too</source>
        <translation>上次已有</translation>
    </message>
    <message>
        <source>Gone since the last run</source>
        <translation>较上次消失</translation>
    </message>
    <message>
        <source>Control lines</source>
        <translation>控制线</translation>
    </message>
    <message>
        <source>Sector plans</source>
        <translation>专项规划</translation>
    </message>
    <message>
        <source>Data quality</source>
        <translation>数据质量</translation>
    </message>
    <message>
        <source>Administrative units</source>
        <translation>行政单元</translation>
    </message>
    <message>
        <source>Basic farmland</source>
        <translation>永久基本农田</translation>
    </message>
    <message>
        <source>Red line</source>
        <translation>生态保护红线</translation>
    </message>
    <message>
        <source>Urban boundary</source>
        <translation>城镇开发边界</translation>
    </message>
    <message>
        <source>Reserved land</source>
        <translation>预留用地</translation>
    </message>
    <message>
        <source>Table of quotas</source>
        <translation>控制数表</translation>
    </message>
    <message>
        <source>All plans</source>
        <translation>全部规划</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>New or existing</source>
        <translation>新增或既有</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>处理状态</translation>
    </message>
    <message>
        <source>Last run</source>
        <translation>与上次相比</translation>
    </message>
    <message>
        <source>{amount} ha left</source>
        <translation>余 {amount} 公顷</translation>
    </message>
    <message>
        <source>{amount} ha over</source>
        <translation>超 {amount} 公顷</translation>
    </message>
    <message>
        <source>{amount} ha lacking</source>
        <translation>缺 {amount} 公顷</translation>
    </message>
    <message>
        <source>Previous conflict</source>
        <translation>上一处冲突</translation>
    </message>
    <message>
        <source>Next conflict</source>
        <translation>下一处冲突</translation>
    </message>
    <message>
        <source>Zoom to the current conflict</source>
        <translation>缩放到当前冲突</translation>
    </message>
    <message>
        <source>Flash both shapes</source>
        <translation>闪烁双方图形</translation>
    </message>
    <message>
        <source>Show only the current conflict's plans</source>
        <translation>仅显示当前冲突涉及的规划</translation>
    </message>
    <message>
        <source>Copy the selected rows</source>
        <translation>复制所选行</translation>
    </message>
    <message>
        <source>Export what is shown</source>
        <translation>导出当前列表</translation>
    </message>
    <message>
        <source>Matrix</source>
        <translation>冲突矩阵</translation>
    </message>
    <message>
        <source>Hectares in conflict</source>
        <translation>冲突公顷数</translation>
    </message>
    <message>
        <source>What the matrix shows</source>
        <translation>矩阵显示内容</translation>
    </message>
    <message>
        <source>{listed} of {all} conflicts</source>
        <translation>{all} 处冲突中的 {listed} 处</translation>
    </message>
    <message>
        <source>{all} conflicts</source>
        <translation>{all} 处冲突</translation>
    </message>
    <message>
        <source>Next conflict of sector plans</source>
        <translation>专项规划：下一处冲突</translation>
    </message>
    <message>
        <source>Previous conflict of sector plans</source>
        <translation>专项规划：上一处冲突</translation>
    </message>
    <message>
        <source>Blink two sector plans</source>
        <translation>专项规划：闪切两个规划</translation>
    </message>
    <message>
        <source>New: {new}, gone: {gone}, unchanged: {unchanged}, reopened: {reopened}</source>
        <translation>新增 {new}，消失 {gone}，未变 {unchanged}，重新开启 {reopened}</translation>
    </message>
    <message>
        <source>Starting the computing engine</source>
        <translation>正在启动计算引擎</translation>
    </message>
    <message>
        <source>Conflicts of sector plans: find, argue, settle</source>
        <translation>专项规划冲突：发现、协商、解决</translation>
    </message>
    <message>
        <source>Quotas and findings of clusters, live while you edit</source>
        <translation>片区的指标与问题，编辑时实时更新</translation>
    </message>
    <message>
        <source>{fact} (project)</source>
        <translation>{fact}（项目）</translation>
    </message>
    <message>
        <source>{fact} (against)</source>
        <translation>{fact}（冲突对象）</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>规划</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>First year</source>
        <translation>开始年</translation>
    </message>
    <message>
        <source>Last year</source>
        <translation>结束年</translation>
    </message>
    <message>
        <source>Area, m²</source>
        <translation>面积（平方米）</translation>
    </message>
    <message>
        <source>Demand, m²</source>
        <translation>需求面积（平方米）</translation>
    </message>
    <message>
        <source>Left if cut off, m²</source>
        <translation>避让后剩余面积（平方米）</translation>
    </message>
    <message>
        <source>Conflict, m²</source>
        <translation>冲突面积（平方米）</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>限值</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>计量单位</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Way out</source>
        <translation>解决途径</translation>
    </message>
    <message>
        <source>Another file is still being written.</source>
        <translation>另一个文件仍在写出。</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选条件</translation>
    </message>
    <message>
        <source>Fact</source>
        <translation>事项</translation>
    </message>
    <message>
        <source>Choose a name that ends in .csv or .xlsx.</source>
        <translation>文件名须以 .csv 或 .xlsx 结尾。</translation>
    </message>
    <message>
        <source>✔ yes</source>
        <translation>✔ 是</translation>
    </message>
    <message>
        <source>✘ no</source>
        <translation>✘ 否</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>面积</translation>
    </message>
    <message>
        <source>Share in conflict</source>
        <translation>冲突占比</translation>
    </message>
    <message>
        <source>Demand</source>
        <translation>需求面积</translation>
    </message>
    <message>
        <source>Left if cut off</source>
        <translation>避让后剩余</translation>
    </message>
    <message>
        <source>Still meets its demand</source>
        <translation>仍满足需求</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>建设内容</translation>
    </message>
    <message>
        <source>Building standard</source>
        <translation>建设标准</translation>
    </message>
    <message>
        <source>Facts of the conflict</source>
        <translation>冲突详情</translation>
    </message>
    <message>
        <source>Choose a conflict in the list.</source>
        <translation>请在列表中选择一处冲突。</translation>
    </message>
    <message>
        <source>Other sites</source>
        <translation>备选地块</translation>
    </message>
    <message>
        <source>{kind} in {town}: {area}, {distance} m away</source>
        <translation>{town}{kind}：{area}，距 {distance} 米</translation>
    </message>
    <message>
        <source>History</source>
        <translation>处理记录</translation>
    </message>
    <message>
        <source>Show all conflicts</source>
        <translation>显示全部冲突</translation>
    </message>
    <message>
        <source>Words in names, numbers, towns, messages and decisions</source>
        <translation>名称、编号、乡镇、说明和处理内容中的文字</translation>
    </message>
    <message>
        <source>All values</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>{title}: {value}</source>
        <translation>{title}：{value}</translation>
    </message>
    <message>
        <source>{title} ({count})</source>
        <translation>{title}（{count}）</translation>
    </message>
    <message>
        <source>Search…</source>
        <translation>搜索…</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>In view</source>
        <translation>地图范围</translation>
    </message>
    <message>
        <source>List only what lies in the map's extent</source>
        <translation>仅列出地图范围内的冲突</translation>
    </message>
    <message>
        <source>Take the matrix's choice back</source>
        <translation>取消矩阵中的选择</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>text contains “{text}”</source>
        <translation>文字包含“{text}”</translation>
    </message>
    <message>
        <source>in the map extent {box}</source>
        <translation>地图范围 {box}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Who accepts</source>
        <translation>处理人</translation>
    </message>
    <message>
        <source>Why it may stay</source>
        <translation>可以保留的理由</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>恢复为待处理</translation>
    </message>
    <message>
        <source>Take the acceptance back</source>
        <translation>撤回认可</translation>
    </message>
    <message>
        <source>Choose findings in the list</source>
        <translation>请在列表中选择问题</translation>
    </message>
    <message>
        <source>Say who accepts</source>
        <translation>请填写处理人</translation>
    </message>
    <message>
        <source>Say why it may stay</source>
        <translation>请填写理由</translation>
    </message>
    <message>
        <source>Accept {count} findings</source>
        <translation>认可 {count} 条问题</translation>
    </message>
    <message>
        <source>Accept 1 finding</source>
        <translation>认可 1 条问题</translation>
    </message>
    <message>
        <source>Zoom to the current finding</source>
        <translation>缩放至当前问题</translation>
    </message>
    <message>
        <source>Flash the shape</source>
        <translation>闪烁图形</translation>
    </message>
    <message>
        <source>Open the form of the subject</source>
        <translation>打开图斑的属性表单</translation>
    </message>
    <message>
        <source>{listed} of {all} findings</source>
        <translation>{listed} / {all} 条问题</translation>
    </message>
    <message>
        <source>{all} findings</source>
        <translation>{all} 条问题</translation>
    </message>
    <message>
        <source>Only this rule</source>
        <translation>只看此规则</translation>
    </message>
    <message>
        <source>Only this unit</source>
        <translation>只看此行政单元</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Against, feature</source>
        <translation>冲突对象要素</translation>
    </message>
    <message>
        <source>Excess</source>
        <translation>超出量</translation>
    </message>
    <message>
        <source>Unit of measure</source>
        <translation>计量单位</translation>
    </message>
    <message>
        <source>Facts of the finding</source>
        <translation>问题详情</translation>
    </message>
    <message>
        <source>Choose a finding in the list.</source>
        <translation>请在列表中选择一条问题。</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Quota: {name}</source>
        <translation>控制数：{name}</translation>
    </message>
    <message>
        <source>not said</source>
        <translation>未注明</translation>
    </message>
    <message>
        <source>whole county</source>
        <translation>全县</translation>
    </message>
    <message>
        <source>no town</source>
        <translation>不属任何乡镇</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Show all findings</source>
        <translation>显示全部问题</translation>
    </message>
    <message>
        <source>Words in messages, subjects, numbers, units and reasons</source>
        <translation>在说明、对象、编号、行政单元和理由中查找</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>On permanent basic farmland</source>
        <translation>占用永久基本农田</translation>
    </message>
    <message>
        <source>On the ecological red line</source>
        <translation>占用生态保护红线</translation>
    </message>
    <message>
        <source>Outside the urban boundary</source>
        <translation>突破城镇开发边界</translation>
    </message>
    <message>
        <source>Claim the same land</source>
        <translation>用地冲突</translation>
    </message>
    <message>
        <source>Contradicts the territorial plan</source>
        <translation>与国土空间规划用途不一致</translation>
    </message>
    <message>
        <source>Project list and layout differ</source>
        <translation>项目库与布局图不一致</translation>
    </message>
    <message>
        <source>Construction years contradict each other</source>
        <translation>建设时序矛盾</translation>
    </message>
    <message>
        <source>Facility planned twice</source>
        <translation>设施重复布局</translation>
    </message>
    <message>
        <source>Need more land than is left</source>
        <translation>用地需求超出剩余规模</translation>
    </message>
    <message>
        <source>On land kept for the future</source>
        <translation>占用战略预留用地</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Reopened</source>
        <translation>重新开启</translation>
    </message>
    <message>
        <source>Agreed</source>
        <translation>已商定</translation>
    </message>
    <message>
        <source>Waived</source>
        <translation>已豁免</translation>
    </message>
    <message>
        <source>Pair</source>
        <translation>规划对</translation>
    </message>
    <message>
        <source>forbidden</source>
        <translation>禁止</translation>
    </message>
    <message>
        <source>on conditions</source>
        <translation>有条件</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>existing</source>
        <translation>既有</translation>
    </message>
    <message>
        <source>reserved land</source>
        <translation>预留用地</translation>
    </message>
    <message>
        <source>same planned use</source>
        <translation>同类规划用地</translation>
    </message>
    <message>
        <source>{number} m²</source>
        <translation>{number} 平方米</translation>
    </message>
    <message>
        <source>{number} ha</source>
        <translation>{number} 公顷</translation>
    </message>
    <message>
        <source>{number} m</source>
        <translation>{number} 米</translation>
    </message>
    <message>
        <source>Up to date</source>
        <translation>已同步</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>正在计算</translation>
    </message>
    <message>
        <source>Behind the edits</source>
        <translation>落后于编辑</translation>
    </message>
    <message>
        <source>Live is off</source>
        <translation>实时已关闭</translation>
    </message>
    <message>
        <source>Reading the data</source>
        <translation>正在读取数据</translation>
    </message>
    <message>
        <source>The engine is gone</source>
        <translation>计算引擎已退出</translation>
    </message>
    <message>
        <source>Quotas and findings show the layers as they are edited.</source>
        <translation>指标和问题反映正在编辑的图层。</translation>
    </message>
    <message>
        <source>The last edit is being computed.</source>
        <translation>正在计算最近一次编辑。</translation>
    </message>
    <message>
        <source>Edits come faster than they are computed; the board follows.</source>
        <translation>编辑快于计算，看板随后跟上。</translation>
    </message>
    <message>
        <source>Quotas and findings stay as the last run left them.</source>
        <translation>指标和问题保持上次运行的结果。</translation>
    </message>
    <message>
        <source>The engine reads the dossier's layers; edits made now are not lost.</source>
        <translation>计算引擎正在读取数据清单中的图层；此时的编辑不会丢失。</translation>
    </message>
    <message>
        <source>Edits are not followed until the engine is started again.</source>
        <translation>重新启动计算引擎之前，不再跟踪编辑。</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Let quotas and findings follow every edit</source>
        <translation>让指标和问题随每次编辑更新</translation>
    </message>
    <message>
        <source>Read the files again and start the engine anew</source>
        <translation>重新读取文件并重启计算引擎</translation>
    </message>
    <message>
        <source>95 of 100 edits are shown within {number} ms</source>
        <translation>95% 的编辑在 {number} 毫秒内显示结果</translation>
    </message>
    <message>
        <source>Layer '{name}': its edits count only in the next run</source>
        <translation>图层“{name}”：其编辑在下次运行检查时才计入</translation>
    </message>
    <message>
        <source>Layer '{name}' is no layer of the dossier; its edits are not followed</source>
        <translation>图层“{name}”不在数据清单中，不跟踪其编辑</translation>
    </message>
    <message>
        <source>The planned land use ({place}) is not among the open layers</source>
        <translation>工程中没有打开规划用地图层（{place}）</translation>
    </message>
    <message>
        <source>Sector plans that are not among the open layers: {count}</source>
        <translation>未在工程中打开的专项规划：{count} 个</translation>
    </message>
    <message>
        <source>Layer '{name}': the dossier's filter is beyond QGIS, edits can't be followed</source>
        <translation>图层“{name}”：QGIS 不能解释数据清单中的过滤条件，无法跟踪编辑</translation>
    </message>
    <message>
        <source>Layer '{name}': the dossier's field {field} is not there</source>
        <translation>图层“{name}”：没有数据清单所指的字段 {field}</translation>
    </message>
    <message>
        <source>Put on the map</source>
        <translation>加入地图</translation>
    </message>
    <message>
        <source>Take off the map</source>
        <translation>移出地图</translation>
    </message>
    <message>
        <source>Show on the map what a check looks at</source>
        <translation>在地图上显示某项检查所看的内容</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>{county} · Pianqu</source>
        <translation>{county} · 片区</translation>
    </message>
    <message>
        <source>Suggested sites</source>
        <translation>备选地块</translation>
    </message>
    <message>
        <source>Transfers</source>
        <translation>转移矩阵</translation>
    </message>
    <message>
        <source>The project could not be saved: {path}</source>
        <translation>工程无法保存：{path}</translation>
    </message>
    <message>
        <source>Land balance: base</source>
        <translation>用地平衡：现状</translation>
    </message>
    <message>
        <source>Land balance: plan</source>
        <translation>用地平衡：规划</translation>
    </message>
    <message>
        <source>{plan}: within the plan itself</source>
        <translation>{plan}：规划自身</translation>
    </message>
    <message>
        <source>Conflicts: {count}, {area} ha</source>
        <translation>冲突：{count} 处，{area} 公顷</translation>
    </message>
    <message>
        <source>Joint use, no conflict: {count}, {area} ha</source>
        <translation>兼容共用（不属冲突）：{count} 处，{area} 公顷</translation>
    </message>
    <message>
        <source>The computing engine is being started again.</source>
        <translation>正在重新启动计算引擎。</translation>
    </message>
    <message>
        <source>The computing engine does not run.</source>
        <translation>计算引擎没有运行。</translation>
    </message>
    <message>
        <source>The resident engine ended unexpectedly ({how}). Log: {log}</source>
        <translation>常驻计算引擎意外退出（{how}）。日志：{log}</translation>
    </message>
    <message>
        <source>It is being started again.</source>
        <translation>正在重新启动。</translation>
    </message>
    <message>
        <source>The same layer also is '{role}'.</source>
        <translation>同一图层还被选作“{role}”。</translation>
    </message>
    <message>
        <source>Choose the layer of units.</source>
        <translation>请选择行政单元图层。</translation>
    </message>
    <message>
        <source>Choose at least one layer besides the units.</source>
        <translation>除行政单元外，请至少再选择一个图层。</translation>
    </message>
    <message>
        <source>Choose the CRS of the checks.</source>
        <translation>请选择检查所用坐标系。</translation>
    </message>
    <message>
        <source>The CRS of the checks must be projected, in metres; {crs} is not.</source>
        <translation>检查所用坐标系应为以米为单位的投影坐标系；{crs} 不是。</translation>
    </message>
    <message>
        <source>Give the county's code.</source>
        <translation>请填写县级行政区代码。</translation>
    </message>
    <message>
        <source>No table of quotas: no indicator can be judged.</source>
        <translation>没有控制数表：各项指标无法判定。</translation>
    </message>
    <message>
        <source>The layer's data can't be read.</source>
        <translation>图层的数据不能读取。</translation>
    </message>
    <message>
        <source>The layer has no polygons.</source>
        <translation>不是面图层。</translation>
    </message>
    <message>
        <source>Choose the field: {field}</source>
        <translation>请选择字段：{field}</translation>
    </message>
    <message>
        <source>The layer has no field '{field}'.</source>
        <translation>图层没有字段“{field}”。</translation>
    </message>
    <message>
        <source>The layer has no CRS; it is taken to be in that of the checks.</source>
        <translation>图层没有坐标系，按检查所用坐标系处理。</translation>
    </message>
    <message>
        <source>It has unsaved edits: it is handed over as it stands on the map.</source>
        <translation>有未保存的编辑：按地图上的当前状态交给计算引擎。</translation>
    </message>
    <message>
        <source>It is in memory only: a copy is handed over.</source>
        <translation>仅在内存中：将复制一份交给计算引擎。</translation>
    </message>
    <message>
        <source>It is no plain file: a copy is handed over.</source>
        <translation>不是普通文件：将复制一份交给计算引擎。</translation>
    </message>
    <message>
        <source>A filter is set: only what passes it is checked.</source>
        <translation>设有筛选条件：只检查符合条件的要素。</translation>
    </message>
    <message>
        <source>as reports should call it</source>
        <translation>报告中使用的县名</translation>
    </message>
    <message>
        <source>six digits</source>
        <translation>六位数字</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Other folder…</source>
        <translation>其他文件夹…</translation>
    </message>
    <message>
        <source>Folder of a standard</source>
        <translation>标准所在的文件夹</translation>
    </message>
    <message>
        <source>A dossier made by Pianqu of the layers open in QGIS.</source>
        <translation>由“片区”插件根据 QGIS 中打开的图层生成的数据清单。</translation>
    </message>
    <message>
        <source>Save as dossier</source>
        <translation>另存为数据清单</translation>
    </message>
    <message>
        <source>Dossier written: {path}</source>
        <translation>数据清单已写入 {path}</translation>
    </message>
    <message>
        <source>Layers without a file of their own were copied beside it.</source>
        <translation>没有独立文件的图层已复制到同一位置。</translation>
    </message>
    <message>
        <source>Handing over the layers</source>
        <translation>移交图层</translation>
    </message>
    <message>
        <source>Checked: {findings} findings. Results: {folder}</source>
        <translation>检查完成：{findings} 个问题。成果位置：{folder}</translation>
    </message>
    <message>
        <source>Recognise again</source>
        <translation>重新识别</translation>
    </message>
    <message>
        <source>Save in the project</source>
        <translation>保存到工程</translation>
    </message>
    <message>
        <source>Save as dossier…</source>
        <translation>另存为数据清单…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
    <message>
        <source>Writes the roles into the project; nothing is written there unless you ask.</source>
        <translation>把图层角色写入工程；不点此项，绝不改动工程。</translation>
    </message>
    <message>
        <source>No layers are open. Add the county's layers to the map.</source>
        <translation>尚未打开图层。请先把全县的图层加到地图中。</translation>
    </message>
    <message>
        <source>None of the open layers was recognised. Choose them below.</source>
        <translation>打开的图层都未能识别，请在下面选择。</translation>
    </message>
    <message>
        <source>{count} layers recognised; please look at those not marked as sure.</source>
        <translation>识别出 {count} 个图层；请核对没有标为“有把握”的图层。</translation>
    </message>
    <message>
        <source>{count} layers recognised.</source>
        <translation>识别出 {count} 个图层。</translation>
    </message>
    <message>
        <source>Checks the layers as they stand on the map.</source>
        <translation>按图层在地图上的当前状态检查。</translation>
    </message>
    <message>
        <source>Kept in the project; save the project to have it on disk.</source>
        <translation>已记入工程；保存工程后写入磁盘。</translation>
    </message>
    <message>
        <source>(no layer)</source>
        <translation>（无图层）</translation>
    </message>
    <message>
        <source>Fields and code table</source>
        <translation>字段与代码表</translation>
    </message>
    <message>
        <source>code table</source>
        <translation>代码表</translation>
    </message>
    <message>
        <source>You chose this layer yourself.</source>
        <translation>这个图层由您选定。</translation>
    </message>
    <message>
        <source>No open layer was recognised as this.</source>
        <translation>打开的图层中没有识别出这一角色。</translation>
    </message>
    <message>
        <source>Reserve land</source>
        <translation>预留用地</translation>
    </message>
    <message>
        <source>allowed uses</source>
        <translation>允许用途</translation>
    </message>
    <message>
        <source>third land survey</source>
        <translation>第三次国土调查</translation>
    </message>
    <message>
        <source>land-use guide of 2023</source>
        <translation>用地用海分类指南（2023）</translation>
    </message>
    <message>
        <source>trial guide of 2020</source>
        <translation>用地用海分类指南（2020 试行）</translation>
    </message>
    <message>
        <source>GB/T 21010-2017</source>
        <translation>GB/T 21010-2017</translation>
    </message>
    <message>
        <source>sure</source>
        <translation>有把握</translation>
    </message>
    <message>
        <source>likely</source>
        <translation>很可能</translation>
    </message>
    <message>
        <source>doubtful</source>
        <translation>存疑</translation>
    </message>
    <message>
        <source>not recognised</source>
        <translation>未识别</translation>
    </message>
    <message>
        <source>chosen by you</source>
        <translation>您选定</translation>
    </message>
    <message>
        <source>its name says '{alias}'</source>
        <translation>名称中有“{alias}”</translation>
    </message>
    <message>
        <source>its name says '{alias}', which usually is another layer</source>
        <translation>名称中有“{alias}”，通常指另一种图层</translation>
    </message>
    <message>
        <source>it has no polygons</source>
        <translation>不是面图层</translation>
    </message>
    <message>
        <source>it has no field of codes</source>
        <translation>没有代码字段</translation>
    </message>
    <message>
        <source>it has the fields {fields}</source>
        <translation>有字段 {fields}</translation>
    </message>
    <message>
        <source>{share} of the sampled codes are in table {table}</source>
        <translation>抽样代码有 {share} 在代码表 {table} 中</translation>
    </message>
    <message>
        <source>codes {codes} occur in table {table} only</source>
        <translation>代码 {codes} 只见于代码表 {table}</translation>
    </message>
    <message>
        <source>it also has codes of other tables only ({codes}): two editions may be mixed</source>
        <translation>还有只见于其他代码表的代码（{codes}），可能混用了两个版本</translation>
    </message>
    <message>
        <source>the sampled codes do not tell the edition; {table} was taken: check it</source>
        <translation>抽样代码不足以确定版本，暂取 {table}，请核对</translation>
    </message>
    <message>
        <source>only {share} of the field's values are land-use codes we know</source>
        <translation>该字段只有 {share} 的值是已知的用地代码</translation>
    </message>
    <message>
        <source>just as likely: {layers}</source>
        <translation>同样可能的还有：{layers}</translation>
    </message>
    <message>
        <source>{level} ({percent})</source>
        <translation>{level}（{percent}）</translation>
    </message>
    <message>
        <source>{count} conflicts written: {path}</source>
        <translation>已写出 {count} 处冲突：{path}</translation>
    </message>
    <message>
        <source>There are no results yet in {folder}: press Run.</source>
        <translation>{folder} 中尚无成果：请点击“检查”。</translation>
    </message>
    <message>
        <source>The results folder {folder} is not there (never made, moved or deleted): choose another one above, or press Run to check.</source>
        <translation>成果文件夹 {folder} 不存在（尚未生成，或已移动、删除）：请在上方另选文件夹，或点击“检查”。</translation>
    </message>
    <message>
        <source>{file} has no layer {layer}; run the check of sector plans again.</source>
        <translation>{file} 中没有图层 {layer}；请重新检查专项规划。</translation>
    </message>
    <message>
        <source>The register is being read from its server; the conflicts follow.</source>
        <translation>正在从服务器读取冲突台账，随后显示冲突。</translation>
    </message>
    <message>
        <source>Departments and plans</source>
        <translation>部门与规划</translation>
    </message>
    <message>
        <source>Department and plan</source>
        <translation>部门与规划</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>New land, ha</source>
        <translation>新增用地（公顷）</translation>
    </message>
    <message>
        <source>Unsettled</source>
        <translation>未决</translation>
    </message>
    <message>
        <source>Construction land that the plan asks for where there is none yet</source>
        <translation>规划在非建设用地上提出的新增建设用地</translation>
    </message>
    <message>
        <source>Conflicts that are open or reopened</source>
        <translation>待处理或重新开启的冲突</translation>
    </message>
    <message>
        <source>No department</source>
        <translation>未注明部门</translation>
    </message>
    <message>
        <source>not checked: {reason}</source>
        <translation>未检查：{reason}</translation>
    </message>
    <message>
        <source>Opacity of {plan}</source>
        <translation>{plan}的不透明度</translation>
    </message>
    <message>
        <source>List only their conflicts</source>
        <translation>仅列出其冲突</translation>
    </message>
    <message>
        <source>Zoom to the plan</source>
        <translation>缩放到规划</translation>
    </message>
    <message>
        <source>Show only these on the map</source>
        <translation>地图上仅显示这些规划</translation>
    </message>
    <message>
        <source>Check only these plans again</source>
        <translation>仅重新检查这些规划</translation>
    </message>
    <message>
        <source>Show all plans</source>
        <translation>显示全部规划</translation>
    </message>
    <message>
        <source>Hide all plans</source>
        <translation>隐藏全部规划</translation>
    </message>
    <message>
        <source>Engine's Python</source>
        <translation>计算引擎的 Python</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>安装…</translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation>成果文件夹</translation>
    </message>
    <message>
        <source>Follow edits from the start (live)</source>
        <translation>启动后即跟随编辑（实时）</translation>
    </message>
    <message>
        <source>found automatically</source>
        <translation>自动查找</translation>
    </message>
    <message>
        <source>beside the project</source>
        <translation>工程旁边</translation>
    </message>
    <message>
        <source>as QGIS</source>
        <translation>与 QGIS 相同</translation>
    </message>
    <message>
        <source>A shipped standard's name, or the folder of one's own.</source>
        <translation>自带标准的名称，或自有标准的文件夹。</translation>
    </message>
    <message>
        <source>Computing engine</source>
        <translation>计算引擎</translation>
    </message>
    <message>
        <source>Python</source>
        <translation>Python</translation>
    </message>
    <message>
        <source>Checks and results</source>
        <translation>检查与成果</translation>
    </message>
    <message>
        <source>Decisions are signed by</source>
        <translation>决定的署名</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>✔ Works: {path} ({origin})</source>
        <translation>✔ 可用：{path}（{origin}）</translation>
    </message>
    <message>
        <source>✖ No Python with the engine's libraries.</source>
        <translation>✖ 没有装齐计算库的 Python。</translation>
    </message>
    <message>
        <source>One thing is missing: the computing engine</source>
        <translation>还差一步：安装计算引擎</translation>
    </message>
    <message>
        <source>From the network (pip's usual source)</source>
        <translation>从网络安装（pip 的常用来源）</translation>
    </message>
    <message>
        <source>From a folder of wheels, without a network</source>
        <translation>无网络：从 wheels 文件夹安装</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Set up now</source>
        <translation>立即安装</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Folder with .whl files</source>
        <translation>存放 .whl 文件的文件夹</translation>
    </message>
    <message>
        <source>the one QGIS runs on</source>
        <translation>QGIS 所用的 Python</translation>
    </message>
    <message>
        <source>Pianqu computes beside QGIS, in a Python of its own, so that QGIS never waits and never crashes with it. One click makes that Python: about {disk} MB in {folder}; from the network about {load} MB are fetched. Nothing else of QGIS is touched; to be rid of it, delete that folder.</source>
        <translation>“片区”在 QGIS 之外用独立的 Python 计算，QGIS 既不必等待，也不会随之崩溃。点一下即可装好：约占 {disk} MB，位于 {folder}；从网络安装时约下载 {load} MB。不改动 QGIS 的其他任何部分；不再需要时删除该文件夹即可。</translation>
    </message>
    <message>
        <source>The Python named in the settings, {path}, can't do it. The setting is emptied once the new one stands.</source>
        <translation>设置中指定的 Python（{path}）不能使用。装好新的之后，该设置会被清空。</translation>
    </message>
    <message>
        <source>Only {free} MB are free there.</source>
        <translation>该处只剩 {free} MB 可用空间。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The computing engine is ready.</source>
        <translation>计算引擎已就绪。</translation>
    </message>
    <message>
        <source>Cancelled; nothing was changed.</source>
        <translation>已取消，没有任何改动。</translation>
    </message>
    <message>
        <source>Setting up the computing engine</source>
        <translation>正在安装计算引擎</translation>
    </message>
    <message>
        <source>register.gpkg beside the results; or a file, or postgresql://…</source>
        <translation>成果旁的 register.gpkg；也可为其他文件或 postgresql://…</translation>
    </message>
    <message>
        <source>Register</source>
        <translation>冲突台账</translation>
    </message>
    <message>
        <source>Dossier, results, register</source>
        <translation>数据清单、成果、冲突台账</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Check all sector plans and bring the register up to date</source>
        <translation>检查全部专项规划并更新冲突台账</translation>
    </message>
    <message>
        <source>Again…</source>
        <translation>重新检查…</translation>
    </message>
    <message>
        <source>Check only one rule or one plan again, or read the files again</source>
        <translation>仅重新检查一条规则或一个规划，或重新读取文件</translation>
    </message>
    <message>
        <source>One rule</source>
        <translation>一条规则</translation>
    </message>
    <message>
        <source>One plan</source>
        <translation>一个规划</translation>
    </message>
    <message>
        <source>{name}: {plans} plans, {conflicts} conflicts</source>
        <translation>{name}：{plans} 个规划，{conflicts} 处冲突</translation>
    </message>
    <message>
        <source>What would you like to check?</source>
        <translation>您想检查什么？</translation>
    </message>
    <message>
        <source>The layers that are open</source>
        <translation>已打开的图层</translation>
    </message>
    <message>
        <source>Pianqu recognises which is which; you confirm, and check with one click.</source>
        <translation>自动识别各图层的角色，您核对后一键检查。</translation>
    </message>
    <message>
        <source>A dossier file</source>
        <translation>数据清单文件</translation>
    </message>
    <message>
        <source>A YAML file that names a county's data; it is checked as a whole.</source>
        <translation>列明全县数据的 YAML 文件，整体检查。</translation>
    </message>
    <message>
        <source>The sample county</source>
        <translation>示例县</translation>
    </message>
    <message>
        <source>Makes a county to try things on, shows it on the map and checks it.</source>
        <translation>生成一个供试用的县，加到地图上并检查。</translation>
    </message>
    <message>
        <source>Used last</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>Show the results</source>
        <translation>查看成果</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Choose a dossier</source>
        <translation>选择数据清单</translation>
    </message>
    <message>
        <source>Looked for here:</source>
        <translation>已查找：</translation>
    </message>
    <message>
        <source>The area can't be brought into the dossier's coordinates.</source>
        <translation>该区域不能转换到数据清单的坐标系。</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>绘制</translation>
    </message>
    <message>
        <source>Draw an area on the map</source>
        <translation>在地图上绘制区域</translation>
    </message>
    <message>
        <source>Pick</source>
        <translation>拾取</translation>
    </message>
    <message>
        <source>Pick polygons of any layer</source>
        <translation>从任意图层拾取面要素</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>当前选择</translation>
    </message>
    <message>
        <source>Take the selected polygons of the active layer</source>
        <translation>采用活动图层中选中的面要素</translation>
    </message>
    <message>
        <source>Target use</source>
        <translation>目标用途</translation>
    </message>
    <message>
        <source>Target use: code or name</source>
        <translation>目标用途：代码或名称</translation>
    </message>
    <message>
        <source>Put into the plan layer</source>
        <translation>放入规划图层</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>No polygon is selected.</source>
        <translation>没有选中的面要素。</translation>
    </message>
    <message>
        <source>Reading the selection</source>
        <translation>正在读取所选图斑</translation>
    </message>
    <message>
        <source>Draw an area, pick polygons or take the selection.</source>
        <translation>请绘制区域、拾取面要素或采用当前选择。</translation>
    </message>
    <message>
        <source>Choose the use that the area shall have.</source>
        <translation>请选择该区域的目标用途。</translation>
    </message>
    <message>
        <source>Compared with the plan as it is edited.</source>
        <translation>与正在编辑的规划比较。</translation>
    </message>
    <message>
        <source>Compared with the plan as it is saved; edits count when Live is on.</source>
        <translation>与已保存的规划比较；打开“实时”后计入未保存的编辑。</translation>
    </message>
    <message>
        <source>Cut the area out of the planned parcels and give it the use</source>
        <translation>从规划图斑中切出该区域并赋予目标用途</translation>
    </message>
    <message>
        <source>It is in the plan layer, not saved yet; Undo takes it back.</source>
        <translation>已放入规划图层，尚未保存；可用“撤销”收回。</translation>
    </message>
    <message>
        <source>The plan layer is not open in the project.</source>
        <translation>工程中没有打开规划图层。</translation>
    </message>
    <message>
        <source>Switch on editing of the layer '{name}' first.</source>
        <translation>请先打开图层“{name}”的编辑。</translation>
    </message>
    <message>
        <source>What if: {code}</source>
        <translation>情景推演：{code}</translation>
    </message>
    <message>
        <source>The area can't be brought into the layer's coordinates.</source>
        <translation>该区域不能转换到图层的坐标系。</translation>
    </message>
    <message>
        <source>Feature {id} can't be cut: {error}</source>
        <translation>要素 {id} 不能切割：{error}</translation>
    </message>
    <message>
        <source>Layer '{name}' does not take the change.</source>
        <translation>图层“{name}”不接受这一修改。</translation>
    </message>
    <message>
        <source>exclude each other</source>
        <translation>互斥</translation>
    </message>
    <message>
        <source>go together</source>
        <translation>兼容</translation>
    </message>
    <message>
        <source>Indicator</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Quota</source>
        <translation>控制数</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>余量</translation>
    </message>
    <message>
        <source>No quota is touched.</source>
        <translation>不影响任何指标。</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>控制线</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Basis</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>No control line is broken.</source>
        <translation>没有突破控制线。</translation>
    </message>
    <message>
        <source>Uses</source>
        <translation>用途关系</translation>
    </message>
    <message>
        <source>No sector plan is met.</source>
        <translation>没有涉及专项规划。</translation>
    </message>
    <message>
        <source>Nothing is planned.</source>
        <translation>没有规划。</translation>
    </message>
    <message>
        <source>Quotas that change: {count}</source>
        <translation>变化的指标：{count} 项</translation>
    </message>
    <message>
        <source>Control lines that are broken: {count}</source>
        <translation>突破的控制线：{count} 条</translation>
    </message>
    <message>
        <source>Projects of sector plans that are met: {count}</source>
        <translation>涉及的专项规划项目：{count} 个</translation>
    </message>
    <message>
        <source>Planned there now</source>
        <translation>现有规划用途</translation>
    </message>
    <message>
        <source>On conditions only.</source>
        <translation>须符合条件。</translation>
    </message>
    <message>
        <source>Nothing stands against it.</source>
        <translation>没有障碍。</translation>
    </message>
    <message>
        <source>quotas that become worse: {count}</source>
        <translation>变差的指标 {count} 项</translation>
    </message>
    <message>
        <source>lines that forbid it: {count}</source>
        <translation>禁止的控制线 {count} 条</translation>
    </message>
    <message>
        <source>projects it clashes with: {count}</source>
        <translation>冲突的项目 {count} 个</translation>
    </message>
    <message>
        <source>Against it: {reasons}</source>
        <translation>不可行：{reasons}</translation>
    </message>
    <message>
        <source>Hectares, rounded to 0.01 as in the results; the change is rounded by itself, so it can differ by 0.01 from the difference of the rounded figures</source>
        <translation>单位为公顷，与成果一致，保留两位小数；变化量单独修约，可能与修约后数值之差相差 0.01</translation>
    </message>
</context>
</TS>
